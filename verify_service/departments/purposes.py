"""The purposes for which a department may ask, given to it by an administrator."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.departments.errors import PurposeNotAllowed
from verify_service.departments.records import DepartmentPurposeRecord
from verify_service.kit.office import Office


def allow(session: Session, office: Office, client_id: UUID, purposes: Collection[str], actor: Actor) -> None:
    """Let a client ask for these purposes too. Doing it twice is no error. Whether they exist, the caller has checked."""
    for purpose in sorted(set(purposes)):
        row = {"id": office.randomness.identifier(), "client_id": client_id, "purpose": purpose}
        session.execute(insert(DepartmentPurposeRecord).values(row).on_conflict_do_nothing())
    facts = {"purposes": sorted(set(purposes))}
    log.append(
        session, office, event="client.purposes_allowed", actor=actor, subject=f"client:{client_id}", facts=facts
    )


def require_allowed(session: Session, client_id: UUID, purpose: str) -> None:
    """Raises PurposeNotAllowed."""
    wanted = select(DepartmentPurposeRecord.id).where(
        DepartmentPurposeRecord.client_id == client_id, DepartmentPurposeRecord.purpose == purpose
    )
    if session.scalar(wanted) is None:
        raise PurposeNotAllowed(purpose)
