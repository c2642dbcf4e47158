"""From rows to what the phone sees."""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import Session

from verify_service.cases import service as cases
from verify_service.kit.office import Office
from verify_service.verification.advice import DisplayLocale, most_useful_first, sentence
from verify_service.verification.queries import current_attempt
from verify_service.verification.records import AttemptRecord, VerificationRecord
from verify_service.verification.schemas import (
    AdviceView,
    ChallengeView,
    ClipLimits,
    ReviewView,
    VerificationCreated,
    VerificationView,
)
from verify_service.verification.states import VerificationState, status_of
from verify_service.verification.tokens import token_for


def view(session: Session, verification: VerificationRecord) -> VerificationView:
    """Where a verification stands. Staff's reasons stay inside."""
    state = VerificationState(verification.state)
    locale = cast(DisplayLocale, verification.locale)
    review = None
    if state is VerificationState.IN_REVIEW:
        review = ReviewView(due_by=cases.due_by_of(session, verification.id))
    return VerificationView(
        id=verification.id,
        status=status_of(state),
        purpose=verification.purpose,
        year=verification.year,
        attempts_left=max(0, verification.attempts_allowed - verification.attempts_used),
        rule_version=verification.rule_version,
        advice=[AdviceView(code=c, message=sentence(c, locale)) for c in most_useful_first(verification.advice)],
        confirmation_id=verification.confirmation_id,
        review=review,
    )


def created_view(
    session: Session, office: Office, verification: VerificationRecord, limits: ClipLimits
) -> VerificationCreated:
    """A verification as it is opened or taken up, with its token and the challenge that awaits a clip, if any."""
    attempt = current_attempt(session, verification.id)
    return VerificationCreated(
        **view(session, verification).model_dump(),
        token=token_for(office.vault, verification.id, verification.token_serial),
        challenge=challenge_view(attempt) if attempt is not None and attempt.used_at is None else None,
        limits=limits,
    )


def challenge_view(attempt: AttemptRecord) -> ChallengeView:
    return ChallengeView(
        kind="digits" if attempt.challenge_digits else "sentence",
        text=attempt.challenge_text,
        digits=attempt.challenge_digits,
        expires_at=attempt.expires_at,
    )
