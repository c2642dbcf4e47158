from __future__ import annotations

import pytest

from scripts.evaluation.own_rates import OwnRates, Seen
from scripts.evaluation.own_tables import goals, numbers, plots, tables


def seen(person: int, genuine: float | None, *impostor: float, outcome: str = "confirmed", group: str = "old") -> Seen:
    failed = frozenset({"motion"}) if outcome == "in_review" else frozenset[str]()
    reasons = () if outcome == "confirmed" else ("no_motion",)
    return Seen(person, (group,), outcome, reasons, frozenset({"challenge"}), failed, genuine, impostor)


RATES = OwnRates(
    [
        seen(0, 0.8, 0.1, 0.46),
        seen(0, 0.46, 0.2, 0.3),
        seen(1, 0.3, 0.1, 0.2, outcome="in_review", group="older"),
        seen(2, None, outcome="retry", group="older"),
    ],
    acquired=[True, True, False],
    limit=0.46,
    seed=1,
)
NOBODY = OwnRates([], acquired=[False], limit=0.46, seed=1)


def test_people_are_recognised_and_mistaken_at_the_limit_in_force_where_equal_is_accepted() -> None:
    assert RATES.fnmr
    assert RATES.fmr
    assert (RATES.fnmr.hits, RATES.fnmr.trials) == (1, 3)
    assert (RATES.fmr.hits, RATES.fmr.trials) == (1, 6)


def test_what_could_not_be_acquired_is_counted_apart() -> None:
    assert RATES.clip_fta
    assert (RATES.reference_fta.hits, RATES.reference_fta.trials) == (1, 3)
    assert (RATES.clip_fta.hits, RATES.clip_fta.trials) == (1, 4)


def test_rates_are_told_for_all_and_for_each_group() -> None:
    confirmed = {name: RATES.of(members)["confirmed"] for name, members in RATES.groups().items()}

    assert {name: (rate.hits, rate.trials) for name, rate in confirmed.items()} == {
        "all": (2, 4),
        "old": (2, 2),
        "older": (0, 2),
    }


def test_a_presence_check_that_fails_on_a_real_person_counts_as_bpcer() -> None:
    assert RATES.of(RATES.groups()["all"])["bpcer"].hits == 1
    assert RATES.of(RATES.groups()["old"])["bpcer"].hits == 0


def test_the_interval_is_over_people_where_that_says_something() -> None:
    # Of person 0 both clips are recognised, of person 1 none: a draw of people may hold only one of them.
    assert RATES.fnmr
    assert (RATES.fnmr.low, RATES.fnmr.high) == (0.0, 1.0)


def test_the_figures_name_nobody_and_hold_every_rate() -> None:
    told = numbers(RATES)

    assert told["people"] == 3
    assert told["reasons"] == {"no_motion": 2}
    assert told["groups"]["older"]["to_a_person"].hits == 1
    assert [table.title for table in tables(RATES)] == ["Recognised or not", "By group", "Why not confirmed"]
    assert len(plots(RATES)) == 2
    assert [goal.met for goal in goals(RATES)] == [
        False,
        None,
        None,
    ]  # 1 of 6 is no rate of 1e-4, whatever the interval


def test_where_no_reference_could_be_used_nothing_is_claimed() -> None:
    told = numbers(NOBODY)

    assert told["fmr"] is told["fnmr"] is told["clip_fta"] is None
    assert told["reference_fta"].hits == 1
    assert plots(NOBODY) == []
    assert goals(NOBODY) == []
    assert ("residents not recognised (FNMR)", "nothing to measure") in tables(NOBODY)[0].rows


@pytest.mark.parametrize("rates", [RATES, NOBODY])
def test_every_row_fits_its_table(rates: OwnRates) -> None:
    for table in tables(rates):
        assert all(len(row) == len(table.columns) for row in table.rows)
