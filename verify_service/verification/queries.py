"""Reading verifications and attempts."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from verify_service.verification.errors import VerificationNotFound
from verify_service.verification.records import AttemptRecord, VerificationRecord
from verify_service.verification.states import AT_WORK, OPEN


def get(session: Session, verification_id: UUID, *, for_update: bool = False) -> VerificationRecord:
    """Raises VerificationNotFound."""
    found = session.get(VerificationRecord, verification_id, with_for_update=for_update)
    if found is None:
        raise VerificationNotFound(verification_id)
    return found


def open_verification(session: Session, resident_ref: UUID, purpose: str, year: int) -> VerificationRecord | None:
    return session.execute(
        select(VerificationRecord)
        .where(
            VerificationRecord.resident_ref == resident_ref,
            VerificationRecord.purpose == purpose,
            VerificationRecord.year == year,
            VerificationRecord.state.in_([s.value for s in OPEN]),
        )
        .with_for_update()
    ).scalar_one_or_none()


def current_attempt(session: Session, verification_id: UUID) -> AttemptRecord | None:
    """The newest attempt: the only one that a clip can answer."""
    return session.execute(
        select(AttemptRecord)
        .where(AttemptRecord.verification_id == verification_id)
        .order_by(AttemptRecord.number.desc())
        .limit(1)
    ).scalar_one_or_none()


def attempts_with_clip(session: Session, verification_id: UUID) -> list[AttemptRecord]:
    return list(
        session.execute(
            select(AttemptRecord)
            .where(AttemptRecord.verification_id == verification_id, AttemptRecord.clip_path.is_not(None))
            .order_by(AttemptRecord.number)
        ).scalars()
    )


def clips_at_work(session: Session) -> int:
    """How many clips wait or are being looked at: the length of the queue."""
    states = [s.value for s in AT_WORK]
    return session.execute(
        select(func.count()).select_from(VerificationRecord).where(VerificationRecord.state.in_(states))
    ).scalar_one()
