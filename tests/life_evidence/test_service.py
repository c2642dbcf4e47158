from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from verify_service.audit.actor import Actor, system
from verify_service.audit.records import AuditRecord
from verify_service.kit.office import Office
from verify_service.life_evidence import service
from verify_service.life_evidence.errors import ObservedInFuture
from verify_service.residents import service as residents

CLERK = Actor("staff", "a-clerk")
VERIFICATION = UUID("3f6b1c1e-7f0b-4c1e-9d4e-5f6a7b8c9d0e")


@pytest.fixture
def resident_ref(office: Office) -> UUID:
    new = residents.checked(
        id_number="440304194910010024", name="王秀英", district="440304", today=office.clock.today()
    )
    with office.transaction() as session:
        return residents.register(session, office, new, system("test")).record.id


def seen(office: Office, resident_ref: UUID, observed_on: date, verification_id: UUID | None = None) -> None:
    with office.transaction() as session:
        service.record(
            session,
            office,
            resident_ref,
            kind="counter",
            source="counter Nanyuan",
            strength="strong",
            observed_on=observed_on,
            recorder=CLERK,
            verification_id=verification_id,
        )


def test_evidence_is_kept_with_who_saw_it_and_when(office: Office, resident_ref: UUID) -> None:
    seen(office, resident_ref, date(2026, 3, 1))

    with office.transaction() as session:
        (found,) = service.of_resident(session, resident_ref)
    assert (found.kind, found.source, found.strength) == ("counter", "counter Nanyuan", "strong")
    assert (found.observed_on, found.recorded_at) == (date(2026, 3, 1), office.clock.now())
    assert (found.recorder_kind, found.recorder_id) == ("staff", "a-clerk")


def test_the_latest_evidence_comes_first(office: Office, resident_ref: UUID) -> None:
    for day in (date(2026, 2, 1), date(2026, 3, 2), date(2026, 1, 1)):
        seen(office, resident_ref, day)

    with office.transaction() as session:
        days = [each.observed_on for each in service.of_resident(session, resident_ref)]
    assert days == [date(2026, 3, 2), date(2026, 2, 1), date(2026, 1, 1)]


def test_it_is_in_the_audit_log(office: Office, resident_ref: UUID) -> None:
    seen(office, resident_ref, date(2026, 3, 1))

    with office.transaction() as session:
        entry = session.scalars(select(AuditRecord).where(AuditRecord.event == "life_evidence.recorded")).one()
    assert entry.resident_ref == resident_ref
    assert entry.facts == {"kind": "counter", "strength": "strong", "observed_on": "2026-03-01"}


def test_nobody_is_seen_alive_tomorrow(office: Office, resident_ref: UUID) -> None:
    with pytest.raises(ObservedInFuture):
        seen(office, resident_ref, date(2026, 3, 3))


def test_a_verification_is_evidence_once(office: Office, resident_ref: UUID) -> None:
    seen(office, resident_ref, date(2026, 3, 2), VERIFICATION)

    with pytest.raises(IntegrityError):
        seen(office, resident_ref, date(2026, 3, 2), VERIFICATION)


@pytest.mark.parametrize(("kind", "strength"), [("rumour", "strong"), ("counter", "beyond doubt")])
def test_a_word_that_the_ledger_does_not_know_is_refused(
    kind: str, strength: str, office: Office, resident_ref: UUID
) -> None:
    with pytest.raises(ValueError, match="is not a valid"), office.transaction() as session:
        service.record(
            session,
            office,
            resident_ref,
            kind=kind,
            source="x",
            strength=strength,
            observed_on=date(2026, 3, 1),
            recorder=CLERK,
        )
