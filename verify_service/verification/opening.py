"""Opening a verification, or taking an open one up again, and asking for a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from verify_service.audit import log as audit
from verify_service.audit.actor import Actor
from verify_service.biometrics.evidence import Challenge, Locale
from verify_service.cases import service as cases
from verify_service.cases.states import CaseKind
from verify_service.confirmation.queries import standing
from verify_service.consent import service as consents
from verify_service.enrolment import service as enrolment
from verify_service.kit.office import Office
from verify_service.kit.states import move
from verify_service.residents.records import ResidentRecord
from verify_service.rules.rule import Rule
from verify_service.verification.challenge import Asked, fixed, mint
from verify_service.verification.errors import (
    AlreadyConfirmedThisYear,
    FixedChallengeRefused,
    PurposeUnknown,
    WrongState,
)
from verify_service.verification.queries import current_attempt, open_verification
from verify_service.verification.records import AttemptRecord, VerificationRecord
from verify_service.verification.states import AWAITING_CLIP, MOVES, VerificationState, status_of

CHALLENGE_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class Opened:
    """An open verification; `attempt` is the one whose challenge awaits a clip, if any. `is_new` tells 201 from 200."""

    verification: VerificationRecord
    attempt: AttemptRecord | None
    is_new: bool


@dataclass(frozen=True)
class Opening:
    """What a client asks for, after identity was settled."""

    purpose: str
    locale: str
    consent: consents.Given
    demo_challenge: Challenge | None = None


def open_or_take_up(
    session: Session,
    office: Office,
    *,
    resident: ResidentRecord,
    rule: Rule,
    opening: Opening,
    client_id: UUID,
    actor: Actor,
) -> Opened:
    """Open this year's verification for a purpose. One that is open already is taken up again, with a fresh token.

    Somebody whose phone went away may start anew, and gains no attempt by it. A resident without a reference goes to
    staff. Raises PurposeUnknown, AlreadyConfirmedThisYear, FixedChallengeRefused.
    """
    if opening.purpose not in rule.purposes:
        raise PurposeUnknown(opening.purpose)
    if opening.demo_challenge is not None and office.environment != "demo":
        raise FixedChallengeRefused
    year = rule.cycle_for(resident.birth_on, office.clock.today(), opening.purpose).year
    if standing(session, resident.id, opening.purpose, year) is not None:
        raise AlreadyConfirmedThisYear(year)
    consent = consents.record(session, office, resident, purpose="verification", given=opening.consent, actor=actor)
    verification = open_verification(session, resident.id, opening.purpose, year)
    is_new = verification is None
    if verification is None:
        verification = _insert(session, office, resident, rule, opening, year, client_id, consent.id, actor)
    else:
        _take_up(session, office, verification, consent.id, client_id, actor)
    return Opened(verification, _attempt_for(session, office, verification, resident, opening, actor), is_new)


def fresh_challenge(
    session: Session, office: Office, verification: VerificationRecord, demo_challenge: Challenge | None, actor: Actor
) -> AttemptRecord:
    """A fresh challenge for the next attempt; an earlier one that was not used is void. It costs no attempt.

    Raises WrongState where no clip is awaited, FixedChallengeRefused.
    """
    state = VerificationState(verification.state)
    if state not in AWAITING_CLIP:
        raise WrongState(status_of(state))
    if demo_challenge is not None and office.environment != "demo":
        raise FixedChallengeRefused
    before = current_attempt(session, verification.id)
    if before is not None and before.used_at is None:
        # Spent by time, so that of two challenges only the newer can be answered.
        session.execute(
            update(AttemptRecord)
            .where(AttemptRecord.id == before.id, AttemptRecord.used_at.is_(None))
            .values(expires_at=office.clock.now())
        )
    locale = spoken_locale(verification.locale)
    asked = fixed(demo_challenge) if demo_challenge else mint(office.randomness, locale)
    attempt = _attempt(office, verification, asked, (before.number if before else 0) + 1, demo_challenge is not None)
    session.add(attempt)
    facts = {"attempt": attempt.number, "fixed": attempt.is_fixed_challenge}
    _audit(session, office, "verification.challenge_minted", actor, verification, facts)
    return attempt


def _insert(
    session: Session,
    office: Office,
    resident: ResidentRecord,
    rule: Rule,
    opening: Opening,
    year: int,
    client_id: UUID,
    consent_id: UUID,
    actor: Actor,
) -> VerificationRecord:
    verification = VerificationRecord(
        id=office.randomness.identifier(),
        resident_ref=resident.id,
        client_id=client_id,
        consent_id=consent_id,
        purpose=opening.purpose,
        year=year,
        rule_version=rule.version,
        locale=opening.locale,
        state=VerificationState.CREATED.value,
        token_serial=0,
        attempts_allowed=rule.attempts,
        attempts_used=0,
        reasons=[],
        advice=[],
        created_at=office.clock.now(),
    )
    session.add(verification)
    session.flush()
    _audit(session, office, "verification.created", actor, verification, {"purpose": opening.purpose, "year": year})
    return verification


def _take_up(
    session: Session, office: Office, verification: VerificationRecord, consent_id: UUID, client_id: UUID, actor: Actor
) -> None:
    verification.token_serial += 1
    verification.consent_id = consent_id
    verification.client_id = client_id
    session.flush()
    _audit(session, office, "verification.taken_up", actor, verification, {})


def _attempt_for(
    session: Session,
    office: Office,
    verification: VerificationRecord,
    resident: ResidentRecord,
    opening: Opening,
    actor: Actor,
) -> AttemptRecord | None:
    if VerificationState(verification.state) not in AWAITING_CLIP:
        return None
    if not enrolment.has_standing_reference(session, resident.id):
        hand_over(session, office, verification, resident, CaseKind.NO_REFERENCE, ["no_reference"], actor)
        return None
    return fresh_challenge(session, office, verification, opening.demo_challenge, actor)


def hand_over(
    session: Session,
    office: Office,
    verification: VerificationRecord,
    resident: ResidentRecord,
    kind: CaseKind,
    reasons: list[str],
    actor: Actor,
) -> None:
    """Move a verification that awaits a clip to staff, with a case. Raises StateLost if it moved meanwhile."""
    move(
        session,
        VerificationRecord,
        verification.id,
        MOVES,
        VerificationState(verification.state),
        VerificationState.IN_REVIEW,
        reasons=reasons,
        advice=[],
        decided_at=office.clock.now(),
    )
    cases.open_case(
        session, office, kind=kind, resident=resident, verification_id=verification.id, reasons=reasons, actor=actor
    )
    _audit(session, office, "verification.in_review", actor, verification, {"reasons": reasons})


def _attempt(
    office: Office, verification: VerificationRecord, asked: Asked, number: int, is_fixed: bool
) -> AttemptRecord:
    now = office.clock.now()
    return AttemptRecord(
        id=office.randomness.identifier(),
        verification_id=verification.id,
        number=number,
        challenge_locale=asked.challenge.locale,
        challenge_digits=asked.challenge.digits,
        challenge_sentence=asked.challenge.sentence,
        challenge_text=asked.text,
        is_fixed_challenge=is_fixed,
        issued_at=now,
        expires_at=now + CHALLENGE_LIFE,
        is_replay=False,
        processing_starts=0,
    )


def spoken_locale(locale: str) -> Locale:
    return "en" if locale == "en" else "zh"


def _audit(
    session: Session,
    office: Office,
    event: str,
    actor: Actor,
    verification: VerificationRecord,
    facts: Mapping[str, object],
) -> None:
    audit.append(
        session,
        office,
        event=event,
        actor=actor,
        subject=f"verification:{verification.id}",
        resident_ref=verification.resident_ref,
        facts=facts,
    )
