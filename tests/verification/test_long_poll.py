"""How often a verification is looked at for somebody who waits for it."""

from __future__ import annotations

import pytest

from verify_service.verification.endpoints import LOOK_SECONDS_MAX, LOOK_SECONDS_MIN, WAIT_SECONDS_MAX, pause_after


@pytest.mark.parametrize(
    ("waited", "pause"), [(0.0, LOOK_SECONDS_MIN), (0.9, LOOK_SECONDS_MIN), (4.0, 1.0), (20.0, LOOK_SECONDS_MAX)]
)
def test_the_longer_somebody_has_waited_the_rarer_one_looks(waited: float, pause: float) -> None:
    assert pause_after(waited) == pause


def test_the_longest_wait_takes_less_than_a_quarter_of_the_looks_of_an_even_pace() -> None:
    looks, waited = 0, 0.0
    while waited < WAIT_SECONDS_MAX:
        waited += pause_after(waited)
        looks += 1

    assert looks < WAIT_SECONDS_MAX / LOOK_SECONDS_MIN / 4
