"""What other rooms may do with a verification: decide it as staff, and read its evidence."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from verify_service.audit import log as audit
from verify_service.audit.actor import Actor
from verify_service.confirmation.keys import Signer
from verify_service.kit.office import Office
from verify_service.kit.states import move
from verify_service.residents import service as residents
from verify_service.verification.errors import WrongState
from verify_service.verification.process import best_frame_place, confirm
from verify_service.verification.queries import attempts_with_clip, get
from verify_service.verification.records import AttemptRecord, VerificationRecord
from verify_service.verification.states import MOVES, VerificationState, status_of
from verify_service.verification.upload import clip_place

StaffAction = Literal["confirm", "retry", "refuse"]


def decide_by_staff(
    session: Session,
    office: Office,
    signer: Signer,
    verification_id: UUID,
    *,
    action: StaffAction,
    staff: Actor,
    reason_code: str,
    advice: list[str],
) -> None:
    """Carry out what staff decided: the only road to a refusal. Raises WrongState unless it is in review."""
    verification = get(session, verification_id, for_update=True)
    if verification.state != VerificationState.IN_REVIEW:
        raise WrongState(status_of(VerificationState(verification.state)))
    if action == "confirm":
        resident = residents.get(session, verification.resident_ref)
        confirm(session, office, signer, verification, resident, method="staff", actor=staff)
        return
    values = (
        # Staff who ask for another clip give an attempt for it, however many were used.
        {"advice": advice, "attempts_allowed": max(verification.attempts_allowed, verification.attempts_used + 1)}
        if action == "retry"
        else {"advice": []}
    )
    target = VerificationState.RETRY if action == "retry" else VerificationState.REFUSED
    move(
        session,
        VerificationRecord,
        verification.id,
        MOVES,
        VerificationState.IN_REVIEW,
        target,
        decided_at=office.clock.now(),
        **values,
    )
    audit.append(
        session,
        office,
        event=f"verification.{target.value}",
        actor=staff,
        subject=f"verification:{verification.id}",
        resident_ref=verification.resident_ref,
        facts={"reason_code": reason_code, "advice": advice},
    )


def clip_of(session: Session, office: Office, attempt: AttemptRecord) -> bytes:
    """The clip of an attempt, opened in memory. Raises BlobMissing once it was lawfully erased."""
    key = residents.biometric_key(office, residents.get(session, get(session, attempt.verification_id).resident_ref))
    assert attempt.clip_path is not None
    return key.open_stream(office.blobs.get(attempt.clip_path), clip_place(attempt.id))


def best_frame_of(session: Session, office: Office, attempt: AttemptRecord) -> bytes | None:
    """The best frame of an attempt as JPEG, None where the eye found no face."""
    if attempt.best_frame_sealed is None:
        return None
    key = residents.biometric_key(office, residents.get(session, get(session, attempt.verification_id).resident_ref))
    return key.open(attempt.best_frame_sealed, best_frame_place(attempt.id))


def attempts_of(session: Session, verification_id: UUID) -> list[AttemptRecord]:
    """The attempts that have a clip, oldest first."""
    return attempts_with_clip(session, verification_id)
