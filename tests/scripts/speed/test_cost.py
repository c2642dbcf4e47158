from __future__ import annotations

import pytest

from scripts.speed.cost import Cost, cheapest, least


def test_each_stage_counts_at_its_cheapest() -> None:
    costs = [Cost({"decode": 0.3, "speech": 0.5}, ()), Cost({"decode": 0.2, "speech": 0.9}, ("challenge",))]

    assert cheapest(costs) == Cost({"decode": 0.2, "speech": 0.5}, ("challenge",))


def test_a_part_that_not_every_run_has_counts_where_it_is() -> None:
    assert least([{"decode": 0.3}, {"decode": 0.4, "voice": 0.1}]) == {"decode": 0.3, "voice": 0.1}


def test_there_is_no_least_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        least([])
