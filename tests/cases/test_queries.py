from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from verify_service.audit.actor import Actor
from verify_service.cases import queries, service
from verify_service.cases.errors import CaseUnknown
from verify_service.cases.queries import Wanted
from verify_service.cases.records import CaseRecord
from verify_service.cases.states import MOVES, CaseKind, CaseState, Wish
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.pagination import Key
from verify_service.kit.states import move
from verify_service.residents.records import ResidentRecord

Registered = Callable[..., ResidentRecord]
FUTIAN, LUOHU, STREET = "440304", "440303", "440304001"


@pytest.fixture
def cases(office: Office, registered: Registered, clock: HeldClock) -> list[CaseRecord]:
    """Two in Futian, one in a street of it, one in Luohu; a working day between each."""
    made = []
    for count, district in enumerate((FUTIAN, FUTIAN, STREET, LUOHU), start=1):
        with office.transaction() as session:
            made.append(
                service.open_case(
                    session,
                    office,
                    kind=CaseKind.ASSISTANCE,
                    resident=registered(count, district=district),
                    reasons=["assistance"],
                    wish=Wish.CALL,
                    actor=Actor("client", "app"),
                )
            )
        clock.advance(timedelta(days=1))
    return made


def found(office: Office, districts: set[str] | None, wanted: Wanted | None = None) -> list[CaseRecord]:
    with office.transaction() as session:
        page = queries.page(session, districts, wanted or Wanted(), size=50, after=None)
    assert page.total == len(page.items)
    return list(page.items)


def ids(cases: list[CaseRecord]) -> list[object]:
    return [case.id for case in cases]


def test_a_district_sees_its_own_cases_and_those_of_its_streets(office: Office, cases: list[CaseRecord]) -> None:
    assert ids(found(office, {FUTIAN})) == ids(cases[:3])
    assert ids(found(office, {STREET})) == ids(cases[2:3])
    assert ids(found(office, {LUOHU, STREET})) == ids(cases[2:])
    assert found(office, set()) == []
    assert ids(found(office, None)) == ids(cases)


def test_asking_for_a_foreign_district_shows_nothing_of_it(office: Office, cases: list[CaseRecord]) -> None:
    assert found(office, {FUTIAN}, Wanted(district=LUOHU)) == []
    assert ids(found(office, {FUTIAN}, Wanted(district="4403"))) == ids(cases[:3])


def test_a_foreign_case_is_as_unknown_as_one_that_is_not_there(office: Office, cases: list[CaseRecord]) -> None:
    with office.transaction() as session:
        assert queries.get(session, cases[0].id, {FUTIAN}).id == cases[0].id
        with pytest.raises(CaseUnknown):
            queries.get(session, cases[3].id, {FUTIAN})


def test_cases_are_found_by_state_and_due_day_with_true_counts(office: Office, cases: list[CaseRecord]) -> None:
    with office.transaction() as session:
        move(session, CaseRecord, cases[1].id, MOVES, CaseState.OPEN, CaseState.ASSIGNED)

    assert ids(found(office, None, Wanted(states=(CaseState.ASSIGNED,)))) == ids(cases[1:2])
    assert ids(found(office, None, Wanted(due_before=date(2026, 3, 11)))) == ids(cases[:2])
    with office.transaction() as session:
        counted = queries.counts(session, {FUTIAN}, Wanted())
    assert {state.value: count for state, count in counted.items()} == {
        "open": 2,
        "assigned": 1,
        "second_opinion": 0,
        "closed": 0,
    }


def test_pages_show_every_case_once_though_one_is_added_meanwhile(
    office: Office, cases: list[CaseRecord], registered: Registered
) -> None:
    with office.transaction() as session:
        first = queries.page(session, None, Wanted(), size=2, after=None)
    with office.transaction() as session:
        session.add(_earlier_than(cases[0], registered(9)))
    assert first.next_cursor is not None
    with office.transaction() as session:
        second = queries.page(session, None, Wanted(), size=2, after=Key.of(first.next_cursor))

    assert ids([*first.items, *second.items]) == ids(cases)
    assert (first.total, second.total) == (4, 5)
    assert second.next_cursor is None


def _earlier_than(case: CaseRecord, resident: ResidentRecord) -> CaseRecord:
    return CaseRecord(
        id=resident.id,
        kind=case.kind,
        state="open",
        resident_ref=resident.id,
        district=resident.district,
        reasons=[],
        due_by=case.due_by - timedelta(days=1),
        opened_at=case.opened_at,
    )
