from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verify_service.verification.states import MOVES, OPEN, VerificationState, status_of

states = st.sampled_from(list(VerificationState))


def test_a_refusal_is_reached_from_review_alone() -> None:
    sources = {s for s, targets in MOVES.table.items() if VerificationState.REFUSED in targets}

    assert sources == {VerificationState.IN_REVIEW}


def test_an_end_is_an_end() -> None:
    assert {s for s in VerificationState if MOVES.terminal(s)} == set(VerificationState) - OPEN


@given(st.lists(states, min_size=1, max_size=20))
def test_no_course_of_moves_leaves_a_terminal_state(wanted: list[VerificationState]) -> None:
    state = VerificationState.CREATED
    for target in wanted:
        ended = MOVES.terminal(state)
        if target in MOVES.table.get(state, ()):
            assert not ended
            state = target


def test_every_state_has_a_word_that_the_phone_may_see() -> None:
    assert {status_of(s) for s in VerificationState} == {
        "awaiting_clip",
        "processing",
        "confirmed",
        "retry",
        "in_review",
        "refused",
        "expired",
        "withdrawn",
    }
