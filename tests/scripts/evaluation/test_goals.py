from __future__ import annotations

import pytest

from scripts.evaluation.goals import at_least, at_most
from verify_service.evaluation.intervals import Rate


@pytest.mark.parametrize(("hits", "trials", "met"), [(0, 150, True), (0, 149, None), (1, 150, None), (30, 150, False)])
def test_a_rate_meets_a_bound_only_with_its_whole_interval(hits: int, trials: int, met: bool | None) -> None:
    assert at_most("attacks", Rate.of(hits, trials), 0.02).met is met
    assert at_least("clean clips", Rate.of(trials - hits, trials), 0.98).met is met


def test_a_goal_tells_what_was_wanted_and_what_was_measured() -> None:
    goal = at_most("attacks confirmed", Rate.of(0, 150), 0.02)

    assert (goal.name, goal.wanted, goal.measured) == ("attacks confirmed", "≤ 2.0 %", "0 of 150 (≤ 2.0 % at 95 %)")
