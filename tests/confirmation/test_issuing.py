from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests.confirmation.examples import CYCLE, ID_NUMBER, ISSUER, PURPOSE
from tests.confirmation.forgery import opened
from verify_service.audit.actor import system
from verify_service.audit.records import AuditRecord
from verify_service.confirmation import service
from verify_service.confirmation.errors import AlreadyConfirmed, ConfirmationHeld
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.status_list import ENTRIES
from verify_service.confirmation.validation import Trust, validate
from verify_service.kit.office import Environment, Office
from verify_service.residents.records import ResidentRecord
from verify_service.rules.rule import Cycle

WORKER = system("worker")


def issue(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord, purpose: str = PURPOSE, cycle: Cycle = CYCLE
) -> ConfirmationRecord:
    with office.transaction() as session:
        return service.issue(
            session,
            office,
            signer,
            resident=resident,
            purpose=purpose,
            cycle=cycle,
            method="clip",
            verification_id=None,
            actor=WORKER,
        )


def test_what_is_issued_validates_online_and_offline(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    issued = issue(office, signer, resident)

    with office.transaction() as session:
        text = service.credential_text(session, office, issued)
        statuses = service.signed_status_list(session, office, signer, issued.status_list)
    standing = validate(
        text,
        id_number=ID_NUMBER,
        purpose=PURPOSE,
        trust=Trust(PublicKeys.from_jwks(signer.jwks()), accepts_demo=True),
        status_list=statuses,
        now=office.clock.now(),
    )
    assert standing.status == "valid"
    assert standing.credential.confirmation_id == issued.id
    assert standing.credential.valid_until == issued.valid_until == date(2027, 3, 31)
    assert standing.credential.status.uri == f"{ISSUER}/v1/status-lists/1"
    assert (issued.valid_from, issued.year, issued.method, issued.kid) == (date(2026, 3, 2), 2026, "clip", signer.kid)


@pytest.mark.parametrize(("environment", "is_demo"), [("demo", True), ("development", True), ("production", False)])
def test_every_credential_made_outside_production_says_that_it_is_a_demo(
    environment: Environment,
    is_demo: bool,
    office: Office,
    signer: Ed25519Signer,
    production_signer: Ed25519Signer,
    resident: ResidentRecord,
) -> None:
    there = replace(office, environment=environment)

    issued = issue(there, signer if is_demo else production_signer, resident)

    with office.transaction() as session:
        text = service.credential_text(session, office, issued)
    assert issued.is_demo is is_demo
    assert opened(text)[1].get("demo", False) is is_demo


def test_the_credential_does_not_lie_open_in_the_database(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    issued = issue(office, signer, resident)

    assert b"eyJ" not in issued.credential_sealed


def test_the_issue_is_in_the_audit_log(office: Office, signer: Ed25519Signer, resident: ResidentRecord) -> None:
    issued = issue(office, signer, resident)

    with office.transaction() as session:
        entry = session.scalars(select(AuditRecord).where(AuditRecord.event == "confirmation.issued")).one()
    assert (entry.subject, entry.resident_ref) == (f"confirmation:{issued.id}", resident.id)
    assert entry.facts == {"purpose": PURPOSE, "year": 2026, "method": "clip", "kid": signer.kid}


def test_a_second_one_for_the_same_year_and_purpose_is_refused(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    first = issue(office, signer, resident)

    with pytest.raises(AlreadyConfirmed) as refused:
        issue(office, signer, resident)

    assert refused.value.confirmation_id == first.id


def test_another_purpose_and_another_year_have_their_own(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    issued = [
        issue(office, signer, resident),
        issue(office, signer, resident, purpose="elder-transit-card"),
        issue(office, signer, resident, cycle=replace(CYCLE, year=2027)),
    ]

    assert len({each.id for each in issued}) == 3


def test_a_suspended_one_is_not_outrun_by_a_new_one(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    first = issue(office, signer, resident)
    with office.transaction() as session:
        service.suspend(session, office, first.id, reason_code="death_reported", actor=WORKER)

    with pytest.raises(ConfirmationHeld):
        issue(office, signer, resident)


def test_after_a_revocation_a_new_one_can_be_issued(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    first = issue(office, signer, resident)
    with office.transaction() as session:
        service.revoke(session, office, first.id, reason_code="issued_in_error", actor=WORKER)

    assert issue(office, signer, resident).id != first.id


def test_a_newer_one_takes_the_place_of_an_older_in_one_transaction(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    first = issue(office, signer, resident)

    with office.transaction() as session:
        service.supersede(session, office, first.id, reason_code="reissued", actor=WORKER)
        second = service.issue(
            session,
            office,
            signer,
            resident=resident,
            purpose=PURPOSE,
            cycle=CYCLE,
            method="counter",
            verification_id=None,
            actor=WORKER,
        )

    with office.transaction() as session:
        assert service.get(session, first.id).state == "superseded"
        standing = service.standing(session, resident.id, PURPOSE, 2026)
        assert standing is not None
        assert standing.id == second.id


def test_of_two_that_race_one_is_issued_and_the_other_is_told_so(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    begun, refused = threading.Event(), []

    def second() -> None:
        begun.wait(10)
        try:
            issue(office, signer, resident)
        except AlreadyConfirmed as error:
            refused.append(error.confirmation_id)

    other = threading.Thread(target=second)
    other.start()
    with office.transaction() as session:
        first = service.issue(
            session,
            office,
            signer,
            resident=resident,
            purpose=PURPOSE,
            cycle=CYCLE,
            method="clip",
            verification_id=None,
            actor=WORKER,
        )
        begun.set()
        # The other has looked, found nothing, and waits for this transaction at the index.
        other.join(1.5)
        assert other.is_alive()
    other.join(10)

    assert refused == [first.id]


def test_what_the_deciding_transaction_takes_back_was_never_issued(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    def decide_and_fail() -> None:
        with office.transaction() as session:
            service.issue(
                session,
                office,
                signer,
                resident=resident,
                purpose=PURPOSE,
                cycle=CYCLE,
                method="clip",
                verification_id=None,
                actor=WORKER,
            )
            raise RuntimeError("the decision could not be recorded")

    with pytest.raises(RuntimeError):
        decide_and_fail()

    with office.transaction() as session:
        assert service.standing(session, resident.id, PURPOSE, 2026) is None
        assert session.scalars(select(AuditRecord).where(AuditRecord.event == "confirmation.issued")).all() == []


class Loaded:
    """Randomness that draws the given places, and is otherwise the office's."""

    def __init__(self, office: Office, draws: list[int]) -> None:
        self.bytes, self.token, self.identifier = (
            office.randomness.bytes,
            office.randomness.token,
            office.randomness.identifier,
        )
        self._draws = draws

    def below(self, limit: int) -> int:
        assert limit == ENTRIES
        return self._draws.pop(0)


def test_a_taken_place_in_the_list_is_drawn_again_and_a_full_list_is_left_for_the_next(
    office: Office, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    first = issue(replace(office, randomness=Loaded(office, [7])), signer, resident)
    drawn = replace(office, randomness=Loaded(office, [7, 7, 8]))
    second = issue(drawn, signer, resident, cycle=replace(CYCLE, year=2027))
    full = replace(office, randomness=Loaded(office, [7, 8, 7, 8, 7, 8, 7, 8, 7]))
    third = issue(full, signer, resident, cycle=replace(CYCLE, year=2028))

    places = [(each.status_list, each.status_index) for each in (first, second, third)]
    assert places == [(1, 7), (1, 8), (2, 7)]
    with office.transaction() as session:
        _, claims = opened(service.credential_text(session, office, third))
    assert claims["status"] == {"status_list": {"idx": 7, "uri": f"{ISSUER}/v1/status-lists/2"}}
