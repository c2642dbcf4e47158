from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.audit.actor import Actor
from verify_service.audit.records import AuditRecord
from verify_service.consent import service
from verify_service.consent.errors import ConsentMissing, ConsentTextUnknown
from verify_service.consent.service import Given, Helper
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord

CLIENT = Actor("client", "app")
GIVEN = Given("verification-2026-11", "resident")


def registered(session: Session, office: Office) -> ResidentRecord:
    new = residents.checked(
        id_number="11010519491231002X", name="王秀英", district="440304", today=office.clock.today()
    )
    return residents.register(session, office, new, CLIENT).record


def test_a_consent_is_active_for_its_purpose_and_no_other(office: Office) -> None:
    with office.transaction() as session:
        resident = registered(session, office)
        given = service.record(session, office, resident, purpose="verification", given=GIVEN, actor=CLIENT)

        assert service.require(session, resident.id, "verification").id == given.id
        assert service.active(session, resident.id, "enrolment") is None
        with pytest.raises(ConsentMissing):
            service.require(session, resident.id, "enrolment")


def test_of_several_consents_the_latest_is_active(office: Office, clock: HeldClock) -> None:
    with office.transaction() as session:
        resident = registered(session, office)
        for _ in range(2):
            latest = service.record(session, office, resident, purpose="verification", given=GIVEN, actor=CLIENT)
            clock.advance(timedelta(days=1))

        assert service.require(session, resident.id, "verification").id == latest.id
        assert len(service.history(session, resident.id)) == 2


def test_a_text_that_does_not_exist_is_not_consented_to(office: Office) -> None:
    with office.transaction() as session:
        resident = registered(session, office)
        for version in ("verification-1999", "enrolment-2026-11", ""):
            with pytest.raises(ConsentTextUnknown):
                service.record(
                    session, office, resident, purpose="verification", given=Given(version, "resident"), actor=CLIENT
                )

        assert service.active(session, resident.id, "verification") is None


def test_the_helper_is_kept_sealed_and_can_be_told_to_the_resident(office: Office) -> None:
    with office.transaction() as session:
        resident = registered(session, office)
        given = Given("verification-2026-11", "resident", Helper("李国强", "son"))
        consent = service.record(session, office, resident, purpose="verification", given=given, actor=CLIENT)

        assert service.helper_of(office, resident, consent) == Helper("李国强", "son")
        assert consent.helper_sealed is not None
        assert "李国强".encode() not in consent.helper_sealed
    with office.transaction() as session:
        facts = session.scalars(select(AuditRecord.facts_text).where(AuditRecord.event == "consent.given")).one()
        assert "李国强" not in facts
        assert '"was_helped":true' in facts


def test_withdrawing_ends_every_consent_to_the_purpose_and_again_is_no_error(office: Office) -> None:
    with office.transaction() as session:
        resident = registered(session, office)
        for _ in range(2):
            service.record(session, office, resident, purpose="verification", given=GIVEN, actor=CLIENT)

        assert service.withdraw(session, office, resident.id, "verification", CLIENT) == 2
        assert service.withdraw(session, office, resident.id, "verification", CLIENT) == 0
        assert service.active(session, resident.id, "verification") is None
        assert len(service.history(session, resident.id)) == 2
