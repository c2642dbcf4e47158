"""Confirmations: issued in the transaction that decides; then suspended, restored, revoked, superseded, run out.

"Confirmed without a confirmation" cannot exist, since `issue` is called where the decision is recorded.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.confirmation import status_list as status_lists
from verify_service.confirmation.issuing import credential_place, issue, status_list_uri
from verify_service.confirmation.keys import Signer
from verify_service.confirmation.queries import get, standing, statuses_of
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.states import MOVES, ConfirmationState
from verify_service.kit.office import Office
from verify_service.kit.states import move
from verify_service.residents import service as residents

__all__ = [
    "credential_text",
    "expire_ended",
    "get",
    "issue",
    "restore",
    "revoke",
    "signed_status_list",
    "standing",
    "supersede",
    "suspend",
]

VALID, SUSPENDED = ConfirmationState.VALID, ConfirmationState.SUSPENDED
# So many are marked in one transaction: they all run out on the same day.
EXPIRE_BATCH = 500


def credential_text(session: Session, office: Office, confirmation: ConfirmationRecord) -> str:
    """The signed credential, as it was issued. Raises CannotOpen if the row was tampered with."""
    resident = residents.get(session, confirmation.resident_ref)
    key = residents.identity_key(office, resident)
    return key.open(confirmation.credential_sealed, credential_place(confirmation.id)).decode()


def suspend(session: Session, office: Office, confirmation_id: UUID, *, reason_code: str, actor: Actor) -> None:
    """Something came up; staff will look. Raises ConfirmationNotFound, or StateLost unless it is valid."""
    _change(session, office, confirmation_id, {VALID}, SUSPENDED, actor, reason_code)


def restore(session: Session, office: Office, confirmation_id: UUID, *, reason_code: str, actor: Actor) -> None:
    """The doubt is settled: it stands again. Raises ConfirmationNotFound, or StateLost unless it is suspended."""
    _change(session, office, confirmation_id, {SUSPENDED}, VALID, actor, reason_code, event="confirmation.restored")


def revoke(session: Session, office: Office, confirmation_id: UUID, *, reason_code: str, actor: Actor) -> None:
    """For good, by staff. Raises ConfirmationNotFound, or StateLost unless it is valid or suspended."""
    _change(session, office, confirmation_id, {VALID, SUSPENDED}, ConfirmationState.REVOKED, actor, reason_code)


def supersede(session: Session, office: Office, confirmation_id: UUID, *, reason_code: str, actor: Actor) -> None:
    """A newer one is issued next, in this same transaction. Raises ConfirmationNotFound, or StateLost unless valid."""
    _change(session, office, confirmation_id, {VALID}, ConfirmationState.SUPERSEDED, actor, reason_code)


def expire_ended(session: Session, office: Office, actor: Actor) -> int:
    """Mark up to EXPIRE_BATCH valid confirmations that have run out; how many. They no longer stand anyway, by `exp`."""
    yesterday = office.clock.today() - timedelta(days=1)
    ended = select(ConfirmationRecord.id).where(
        ConfirmationRecord.state == VALID, ConfirmationRecord.valid_until <= yesterday
    )
    # Another sweep at the same time takes others; a revocation that holds the row goes first.
    found = session.scalars(ended.limit(EXPIRE_BATCH).with_for_update(skip_locked=True)).all()
    for confirmation_id in found:
        _change(session, office, confirmation_id, {VALID}, ConfirmationState.EXPIRED, actor, None)
    return len(found)


def signed_status_list(session: Session, office: Office, signer: Signer, number: int) -> str:
    """Status list `number` as of now, signed. Raises StatusListNotFound."""
    claims = status_lists.claims_of(
        issuer=signer.issuer,
        uri=status_list_uri(signer.issuer, number),
        packed=status_lists.pack(statuses_of(session, number)),
        revoked_kids=signer.revoked_kids,
        now=office.clock.now(),
    )
    return signer.sign_jwt(claims, status_lists.TYPE)


def _change(
    session: Session,
    office: Office,
    confirmation_id: UUID,
    sources: set[ConfirmationState],
    target: ConfirmationState,
    actor: Actor,
    reason_code: str | None,
    event: str | None = None,
) -> None:
    confirmation = get(session, confirmation_id)
    values = {"changed_at": office.clock.now(), "reason_code": reason_code}
    move(session, ConfirmationRecord, confirmation_id, MOVES, sources, target, **values)
    log.append(
        session,
        office,
        event=event or f"confirmation.{target}",
        actor=actor,
        subject=f"confirmation:{confirmation_id}",
        resident_ref=confirmation.resident_ref,
        facts={"reason_code": reason_code} if reason_code else {},
    )
