from __future__ import annotations

from verify_service.cases.states import MOVES, CaseState


def test_a_closed_case_stays_closed() -> None:
    assert [state for state in CaseState if MOVES.terminal(state)] == [CaseState.CLOSED]


def test_nobody_closes_a_case_that_nobody_took() -> None:
    assert MOVES.table[CaseState.OPEN] == {CaseState.ASSIGNED}
