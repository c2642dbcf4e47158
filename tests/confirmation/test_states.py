from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verify_service.confirmation.states import MOVES, ConfirmationState
from verify_service.kit.states import MoveNotAllowed

TERMINAL = {ConfirmationState.SUPERSEDED, ConfirmationState.EXPIRED, ConfirmationState.REVOKED}


@given(st.lists(st.sampled_from(list(ConfirmationState))))
def test_no_sequence_of_moves_leaves_a_terminal_state(targets: list[ConfirmationState]) -> None:
    state = ConfirmationState.VALID

    for target in targets:
        before = state
        try:
            MOVES.require(state, target)
        except MoveNotAllowed:
            continue
        state = target
        assert before not in TERMINAL


def test_revocation_is_reached_from_where_a_confirmation_stands_and_from_nowhere_else() -> None:
    sources = {source for source, targets in MOVES.table.items() if ConfirmationState.REVOKED in targets}

    assert sources == {ConfirmationState.VALID, ConfirmationState.SUSPENDED}


def test_a_suspended_confirmation_can_only_be_restored_or_revoked() -> None:
    assert MOVES.table[ConfirmationState.SUSPENDED] == {ConfirmationState.VALID, ConfirmationState.REVOKED}
