"""Recording consent, asking whether it stands, and withdrawing it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.consent.errors import ConsentMissing
from verify_service.consent.records import ConsentRecord
from verify_service.consent.texts import ConsentPurpose, shipped_texts, text_of
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord

GivenBy = Literal["resident", "guardian", "counter"]
Purpose = Literal["enrolment", "verification"]


@dataclass(frozen=True)
class Helper:
    """Who held the phone or read the text out. The resident is told who helped, so the name is kept, sealed."""

    name: str = field(repr=False)
    relation: str


@dataclass(frozen=True)
class Given:
    """A consent as it was given: to which text, by whom, and with whose help."""

    text_version: str
    given_by: GivenBy
    helper: Helper | None = None


def record(
    session: Session, office: Office, resident: ResidentRecord, *, purpose: Purpose, given: Given, actor: Actor
) -> ConsentRecord:
    """Record a consent; agreeing again is another row. Raises ConsentTextUnknown."""
    text_of(shipped_texts(), ConsentPurpose(purpose), given.text_version)
    consent_id = office.randomness.identifier()
    consent = ConsentRecord(
        id=consent_id,
        resident_ref=resident.id,
        purpose=purpose,
        text_version=given.text_version,
        given_by=given.given_by,
        helper_sealed=_sealed_helper(office, resident, consent_id, given.helper),
        actor_kind=actor.kind,
        actor_id=actor.id,
        given_at=office.clock.now(),
        withdrawn_at=None,
    )
    session.add(consent)
    session.flush()
    facts = {"purpose": purpose, "text_version": given.text_version, "given_by": given.given_by}
    _log(session, office, "consent.given", actor, consent, {**facts, "was_helped": given.helper is not None})
    return consent


def active(session: Session, resident_ref: UUID, purpose: Purpose) -> ConsentRecord | None:
    """The latest consent to a purpose that was not withdrawn."""
    standing = _standing(resident_ref, purpose).order_by(ConsentRecord.given_at.desc(), ConsentRecord.id).limit(1)
    return session.scalars(standing).one_or_none()


def require(session: Session, resident_ref: UUID, purpose: Purpose) -> ConsentRecord:
    """The active consent. Raises ConsentMissing: nothing biometric is taken before it."""
    found = active(session, resident_ref, purpose)
    if found is None:
        raise ConsentMissing(purpose)
    return found


def withdraw(session: Session, office: Office, resident_ref: UUID, purpose: Purpose, actor: Actor) -> int:
    """Withdraw every consent to a purpose that stands. Returns how many there were; withdrawing none is no error."""
    standing = session.scalars(_standing(resident_ref, purpose).with_for_update()).all()
    for consent in standing:
        consent.withdrawn_at = office.clock.now()
        _log(session, office, "consent.withdrawn", actor, consent, {"purpose": purpose})
    return len(standing)


def history(session: Session, resident_ref: UUID) -> list[ConsentRecord]:
    """Every consent of a resident, the oldest first, withdrawn ones too."""
    rows = select(ConsentRecord).where(ConsentRecord.resident_ref == resident_ref)
    return list(session.scalars(rows.order_by(ConsentRecord.given_at, ConsentRecord.id)))


def helper_of(office: Office, resident: ResidentRecord, consent: ConsentRecord) -> Helper | None:
    """Who helped, opened with the resident's identity key."""
    if consent.helper_sealed is None:
        return None
    key = residents.identity_key(office, resident)
    return Helper(**json.loads(key.open(consent.helper_sealed, _helper_place(consent.id))))


def _standing(resident_ref: UUID, purpose: Purpose) -> Select[ConsentRecord]:
    return select(ConsentRecord).where(
        ConsentRecord.resident_ref == resident_ref,
        ConsentRecord.purpose == purpose,
        ConsentRecord.withdrawn_at.is_(None),
    )


def _sealed_helper(office: Office, resident: ResidentRecord, consent_id: UUID, helper: Helper | None) -> bytes | None:
    if helper is None:
        return None
    plain = json.dumps(asdict(helper), ensure_ascii=False).encode()
    return residents.identity_key(office, resident).seal(plain, _helper_place(consent_id))


def _helper_place(consent_id: UUID) -> str:
    return f"consents/{consent_id}/helper"


def _log(
    session: Session, office: Office, event: str, actor: Actor, consent: ConsentRecord, facts: dict[str, Any]
) -> None:
    subject = f"consent:{consent.id}"
    log.append(
        session, office, event=event, actor=actor, subject=subject, resident_ref=consent.resident_ref, facts=facts
    )
