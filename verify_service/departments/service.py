"""A department asks whether a confirmation stands for the person whose card it was shown.

It learns yes or no and until when, never a name or a face; the resident can read that it asked.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.access.callers import Caller
from verify_service.audit import log
from verify_service.confirmation.credential import Credential
from verify_service.confirmation.holder import one_spelling
from verify_service.confirmation.keys import Signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.refusals import (
    CredentialRefused,
    Expired,
    OtherPerson,
    OtherPurpose,
    Revoked,
    Superseded,
    Suspended,
)
from verify_service.confirmation.states import ConfirmationState
from verify_service.confirmation.validation import Trust, authenticate, require_purpose, require_time
from verify_service.departments.purposes import require_allowed
from verify_service.departments.records import AccessLogRecord
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord

STANDS = "stands"
UNKNOWN = "unknown_confirmation"

REASON_OF = {
    ConfirmationState.SUSPENDED: Suspended.reason,
    ConfirmationState.SUPERSEDED: Superseded.reason,
    ConfirmationState.EXPIRED: Expired.reason,
    ConfirmationState.REVOKED: Revoked.reason,
}


@dataclass(frozen=True)
class Question:
    """What a department was shown, and what it asks for. `text` is the credential or what its QR code says."""

    text: str
    id_number: str
    purpose: str


@dataclass(frozen=True)
class Answer:
    """What a department is told. Where the person is another, `reason` is all that is said."""

    stands: bool
    matches_person: bool
    reason: str | None
    year: int | None = None
    valid_until: date | None = None
    method: str | None = None
    status: str | None = None
    pseudonym: str | None = None


def validate(session: Session, office: Office, signer: Signer, caller: Caller, question: Question) -> Answer:
    """Whether the credential stands for this person now, by the database, so that a revocation counts at once.

    Raises PurposeNotAllowed; whatever is wrong with the credential is an answer.
    """
    require_allowed(session, caller.id, question.purpose)
    trust = Trust(PublicKeys.from_jwks(signer.jwks()), accepts_demo=office.environment != "production")
    try:
        credential = authenticate(question.text, trust).credential
    except CredentialRefused as refused:
        _audit(session, office, caller, question, None, refused.reason)
        return Answer(stands=False, matches_person=False, reason=refused.reason)
    confirmation = session.get(ConfirmationRecord, credential.confirmation_id)
    if confirmation is None:
        _audit(session, office, caller, question, None, UNKNOWN)
        return Answer(stands=False, matches_person=False, reason=UNKNOWN)
    resident = residents.get(session, confirmation.resident_ref)
    answer = _answer(office, caller, question, credential, confirmation, resident)
    _log_for_resident(session, office, caller, question, confirmation, answer.reason or STANDS)
    return answer


def pseudonym(office: Office, client_id: UUID, resident_ref: UUID) -> str:
    """The name by which one department knows a resident: always the same, and another for each department (128 bits)."""
    return office.vault.lookup_digest("department-pseudonym", f"{client_id}:{resident_ref}").hex()[:32]


def access_log(session: Session, resident_ref: UUID) -> list[AccessLogRecord]:
    """Who asked about a resident, newest first."""
    mine = select(AccessLogRecord).where(AccessLogRecord.resident_ref == resident_ref)
    return list(session.scalars(mine.order_by(AccessLogRecord.asked_at.desc(), AccessLogRecord.id)))


def _answer(
    office: Office,
    caller: Caller,
    question: Question,
    credential: Credential,
    confirmation: ConfirmationRecord,
    resident: ResidentRecord,
) -> Answer:
    # By the register, and not by the credential's slow hash: it takes no 0.1 s that a flood could use, and says the same.
    number = residents.id_number(office, resident)
    if not hmac.compare_digest(number.encode(), one_spelling(question.id_number).encode()):
        return Answer(stands=False, matches_person=False, reason=OtherPerson.reason)
    try:
        require_purpose(credential, question.purpose)
    except OtherPurpose as refused:
        return Answer(stands=False, matches_person=True, reason=refused.reason)
    reason = _why_not(office, credential, ConfirmationState(confirmation.state))
    return Answer(
        stands=reason is None,
        matches_person=True,
        reason=reason,
        year=confirmation.year,
        valid_until=confirmation.valid_until,
        method=confirmation.method,
        status=reason or ConfirmationState.VALID.value,
        pseudonym=pseudonym(office, caller.id, resident.id),
    )


def _why_not(office: Office, credential: Credential, state: ConfirmationState) -> str | None:
    if state is not ConfirmationState.VALID:
        return REASON_OF[state]
    try:
        require_time(credential, office.clock.now())
    except CredentialRefused as refused:
        return refused.reason
    return None


def _log_for_resident(
    session: Session,
    office: Office,
    caller: Caller,
    question: Question,
    confirmation: ConfirmationRecord,
    outcome: str,
) -> None:
    session.add(
        AccessLogRecord(
            id=office.randomness.identifier(),
            resident_ref=confirmation.resident_ref,
            client_id=caller.id,
            confirmation_id=confirmation.id,
            purpose=question.purpose,
            outcome=outcome,
            asked_at=office.clock.now(),
        )
    )
    _audit(session, office, caller, question, confirmation, outcome)


def _audit(
    session: Session,
    office: Office,
    caller: Caller,
    question: Question,
    confirmation: ConfirmationRecord | None,
    outcome: str,
) -> None:
    log.append(
        session,
        office,
        event="confirmation.validated",
        actor=caller.actor,
        subject=f"confirmation:{confirmation.id}" if confirmation else None,
        resident_ref=confirmation.resident_ref if confirmation else None,
        facts={"purpose": question.purpose, "outcome": outcome},
    )
