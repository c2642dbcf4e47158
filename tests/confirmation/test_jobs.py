from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from tests.confirmation.examples import CYCLE, PURPOSE
from verify_service.audit.actor import system
from verify_service.confirmation.issuing import issue
from verify_service.confirmation.jobs import expire_all
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.residents.records import ResidentRecord


def test_what_has_run_out_is_marked_so_and_what_stands_is_left(
    office: Office, clock: HeldClock, signer: Ed25519Signer, resident: ResidentRecord
) -> None:
    with office.transaction() as session:
        issue(
            session,
            office,
            signer,
            resident=resident,
            purpose=PURPOSE,
            cycle=CYCLE,
            method="counter",
            verification_id=None,
            actor=system("test"),
        )

    before = expire_all(office)
    clock.advance(timedelta(days=(CYCLE.valid_until - clock.today()).days + 1))
    after = expire_all(office)

    assert (before, after) == (0, 1)
    with office.transaction() as session:
        assert session.execute(text("select state from confirmations")).scalar_one() == "expired"
