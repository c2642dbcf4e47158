"""Recording evidence of life, and reading it back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.kit.office import Office
from verify_service.life_evidence.errors import ObservedInFuture
from verify_service.life_evidence.records import LifeEvidenceRecord
from verify_service.life_evidence.states import Kind, Strength


def record(
    session: Session,
    office: Office,
    resident_ref: UUID,
    *,
    kind: str,
    source: str,
    strength: str,
    observed_on: date,
    recorder: Actor,
    verification_id: UUID | None = None,
) -> LifeEvidenceRecord:
    """Enter a piece of evidence. `kind` and `strength` are words of their enumerations, a ValueError otherwise.

    Raises ObservedInFuture. A second piece from the same verification breaks a unique index.
    """
    if observed_on > office.clock.today():
        raise ObservedInFuture(observed_on)
    evidence = LifeEvidenceRecord(
        id=office.randomness.identifier(),
        resident_ref=resident_ref,
        kind=Kind(kind).value,
        source=source,
        strength=Strength(strength).value,
        observed_on=observed_on,
        verification_id=verification_id,
        recorder_kind=recorder.kind,
        recorder_id=recorder.id,
        recorded_at=office.clock.now(),
    )
    session.add(evidence)
    log.append(
        session,
        office,
        event="life_evidence.recorded",
        actor=recorder,
        subject=f"life_evidence:{evidence.id}",
        resident_ref=resident_ref,
        facts={"kind": evidence.kind, "strength": evidence.strength, "observed_on": observed_on.isoformat()},
    )
    return evidence


def of_resident(session: Session, resident_ref: UUID) -> list[LifeEvidenceRecord]:
    """All evidence of a resident, the latest first."""
    mine = select(LifeEvidenceRecord).where(LifeEvidenceRecord.resident_ref == resident_ref)
    return list(
        session.scalars(mine.order_by(LifeEvidenceRecord.observed_on.desc(), LifeEvidenceRecord.recorded_at.desc()))
    )
