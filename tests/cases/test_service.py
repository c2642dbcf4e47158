from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from verify_service.audit.actor import Actor
from verify_service.audit.records import AuditRecord
from verify_service.cases import service
from verify_service.cases.errors import NoCase
from verify_service.cases.records import CaseRecord
from verify_service.cases.states import MOVES, CaseKind, CaseState, Wish
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.states import move
from verify_service.residents.records import ResidentRecord

CLIENT = Actor("client", "app")
VERIFICATION = UUID(int=7)

Registered = Callable[..., ResidentRecord]


def opened(office: Office, resident: ResidentRecord, **changes: Any) -> CaseRecord:
    arguments = {"kind": CaseKind.ASSISTANCE, "reasons": ["assistance"], "actor": CLIENT, **changes}
    with office.transaction() as session:
        return service.open_case(session, office, resident=resident, **arguments)


def close(office: Office, case: CaseRecord) -> None:
    with office.transaction() as session:
        move(session, CaseRecord, case.id, MOVES, CaseState.OPEN, CaseState.ASSIGNED)
        move(session, CaseRecord, case.id, MOVES, CaseState.ASSIGNED, CaseState.CLOSED, closed_at=office.clock.now())


def test_a_case_is_due_five_working_days_after_it_was_opened(office: Office, registered: Registered) -> None:
    case = opened(office, registered(), wish=Wish.CALL)

    assert office.clock.today() == date(2026, 3, 2)
    assert case.due_by == date(2026, 3, 9)
    assert (case.state, case.district, case.assigned_to) == ("open", "440304", None)


def test_asking_twice_keeps_one_case_and_both_notes(office: Office, registered: Registered, clock: HeldClock) -> None:
    resident = registered()

    first = opened(office, resident, wish=Wish.HOME_VISIT, note="三楼，没有电梯")
    clock.advance(timedelta(days=3))
    second = opened(office, resident, wish=Wish.HOME_VISIT, note="请先打电话")

    assert (second.id, second.due_by) == (first.id, first.due_by)
    assert service.note_of(office, resident, second) == "三楼，没有电梯\n请先打电话"


def test_another_wish_is_another_case(office: Office, registered: Registered) -> None:
    resident = registered()

    assert opened(office, resident, wish=Wish.CALL).id != opened(office, resident, wish=Wish.COUNTER).id


def test_a_verification_has_one_open_case_to_which_a_wish_is_added(office: Office, registered: Registered) -> None:
    resident = registered()

    review = opened(
        office, resident, kind=CaseKind.VERIFICATION_REVIEW, verification_id=VERIFICATION, reasons=["comparison"]
    )
    asked = opened(office, resident, verification_id=VERIFICATION, wish=Wish.HOME_VISIT)

    assert asked.id == review.id
    assert (asked.kind, asked.wish, asked.reasons) == ("verification_review", "home_visit", ["comparison"])


def test_after_a_case_is_closed_the_next_is_a_new_one_and_gives_the_day(
    office: Office, registered: Registered, clock: HeldClock
) -> None:
    resident = registered()
    first = opened(office, resident, verification_id=VERIFICATION)
    close(office, first)
    clock.advance(timedelta(days=30))

    second = opened(office, resident, verification_id=VERIFICATION)

    assert second.id != first.id
    with office.transaction() as session:
        assert service.due_by_of(session, VERIFICATION) == second.due_by


def test_a_verification_without_a_case_is_a_fault_that_is_told(office: Office) -> None:
    with office.transaction() as session, pytest.raises(NoCase):
        service.due_by_of(session, VERIFICATION)


def test_of_two_who_open_a_case_at_once_both_get_the_one(office: Office, registered: Registered) -> None:
    resident = registered()
    found: list[CaseRecord] = []
    threads = [
        threading.Thread(target=lambda: found.append(opened(office, resident, verification_id=VERIFICATION)))
        for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len({case.id for case in found}) == 1
    with office.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CaseRecord)) == 1


def test_a_case_that_is_closed_while_another_is_opened_makes_room_for_it(
    office: Office, registered: Registered
) -> None:
    resident = registered()
    first = opened(office, resident, verification_id=VERIFICATION)
    found: list[CaseRecord] = []

    with office.transaction() as session:
        move(session, CaseRecord, first.id, MOVES, CaseState.OPEN, CaseState.ASSIGNED)
        move(session, CaseRecord, first.id, MOVES, CaseState.ASSIGNED, CaseState.CLOSED)
        thread = threading.Thread(target=lambda: found.append(opened(office, resident, verification_id=VERIFICATION)))
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()  # it waits to see what becomes of the first
    thread.join()

    assert found[0].id != first.id
    assert found[0].state == "open"


def test_a_note_is_sealed_and_stays_out_of_the_audit_log(office: Office, registered: Registered) -> None:
    case = opened(office, registered(), wish=Wish.CALL, note="女儿的电话")

    assert case.note_sealed is not None
    assert "女儿的电话".encode() not in case.note_sealed
    with office.transaction() as session:
        facts = session.scalars(select(AuditRecord.facts_text).where(AuditRecord.event == "case.opened")).one()
    assert "女儿" not in facts
    assert '"due_by":"2026-03-09"' in facts
