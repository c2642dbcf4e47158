from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.evaluation.errors import LengthsDiffer, NotANumber, NoTrials, OutOfRange
from verify_service.evaluation.intervals import (
    Rate,
    bootstrap,
    bootstrap_rate,
    percent,
    percentile_interval,
    rule_of_three,
    trials_for,
    wilson,
)


def test_wilsons_interval_of_one_in_ten_is_that_of_the_textbook() -> None:
    assert wilson(1, 10) == pytest.approx((0.01788, 0.40415), abs=1e-5)


@given(trials=st.integers(1, 500), data=st.data())
def test_wilsons_interval_holds_the_rate_and_lies_between_none_and_all(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))

    low, high = wilson(hits, trials)

    assert 0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1


def test_three_by_n_bounds_a_rate_that_showed_no_hit() -> None:
    assert rule_of_three(150) == 0.02
    assert rule_of_three(2) == 1.0


def test_no_trials_bound_nothing() -> None:
    for bound in (rule_of_three, lambda n: wilson(0, n), lambda n: Rate.of(0, n)):
        with pytest.raises(NoTrials):
            bound(0)


def test_three_thousand_trials_without_a_hit_say_a_tenth_of_a_per_cent() -> None:
    assert trials_for(0.001) == 3000
    assert trials_for(0.02) == 150
    with pytest.raises(OutOfRange):
        trials_for(0)


def test_a_rate_is_written_with_its_counts_and_its_interval() -> None:
    assert Rate.of(2, 2720).text == "2 of 2,720 = 0.07 % (0.02-0.27)"
    assert Rate.of(9, 12).text == "9 of 12 = 75.0 % (46.8-91.1)"


def test_a_rate_without_a_hit_is_a_bound_and_never_zero_per_cent() -> None:
    assert Rate.of(0, 150).text == "0 of 150 (≤ 2.0 % at 95 %)"
    assert Rate.of(0, 3_000_000).text == "0 of 3,000,000 (≤ 0.0001 % at 95 %)"


def test_a_bound_is_rounded_to_the_safe_side() -> None:
    assert Rate.of(0, 148).text == "0 of 148 (≤ 2.1 % at 95 %)"  # 3/148 is 2.027 %
    assert Rate.of(148, 148).text == "148 of 148 (≥ 97.9 % at 95 %)"


def test_a_rate_of_all_hits_is_a_bound_from_below() -> None:
    assert Rate.of(150, 150).text == "150 of 150 (≥ 98.0 % at 95 %)"


def test_more_hits_than_trials_are_an_error() -> None:
    with pytest.raises(OutOfRange):
        Rate.of(3, 2)


def test_a_rate_gives_its_numbers_for_a_file() -> None:
    assert Rate.of(0, 300).numbers == {"hits": 0, "trials": 300, "value": 0.0, "low": 0.0, "high": 0.01}


def test_another_interval_is_taken_but_not_in_place_of_the_rule_of_three() -> None:
    assert Rate.of(1, 10).within((0.05, 0.2)) == Rate(1, 10, 0.05, 0.2)
    assert Rate.of(0, 150).within((0.0, 0.0)).high == 0.02


@pytest.mark.parametrize(
    ("share", "text"), [(0.973, "97.3"), (0.02, "2.0"), (0.0007, "0.07"), (0.000003, "0.0003"), (0.0, "0.0")]
)
def test_per_cent_has_the_digits_that_a_reader_needs(share: float, text: str) -> None:
    assert percent(share) == text


def test_the_bootstrap_of_one_hit_a_person_has_no_width_and_of_people_apart_a_wide_one() -> None:
    rng = np.random.default_rng(3)

    assert bootstrap_rate([1, 0, 1, 0], ["a", "a", "b", "b"], rng) == (0.5, 0.5)
    # Two people, one of whom always fails: a draw takes one twice in half of all rounds.
    assert bootstrap_rate([1, 1, 0, 0], ["a", "a", "b", "b"], rng) == (0.0, 1.0)


def test_the_bootstrap_over_many_people_of_one_trial_agrees_with_wilson() -> None:
    hits = np.arange(1000) < 100

    low, high = bootstrap_rate(hits, np.arange(1000), np.random.default_rng(4))

    assert (low, high) == pytest.approx(wilson(100, 1000), abs=0.004)


def test_the_same_randomness_gives_the_same_interval() -> None:
    hits, people = np.arange(40) % 3 == 0, np.arange(40) // 4

    first, second = (bootstrap_rate(hits, people, np.random.default_rng(5)) for _ in range(2))

    assert first == second


def test_the_bootstrap_of_any_statistic_takes_all_items_of_a_drawn_person() -> None:
    people = np.array(["a", "b", "b", "c", "c", "c"])
    seen: list[list[int]] = []

    def size(drawn: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> float:
        seen.append(sorted(drawn.tolist()))
        return len(drawn)

    low, high = bootstrap(people, size, np.random.default_rng(6), rounds=50)

    assert 3 <= low <= high <= 9
    assert all(indices.count(1) == indices.count(2) for indices in seen)


def test_the_bootstrap_refuses_nobody_missing_scores_and_lists_that_do_not_fit() -> None:
    rng = np.random.default_rng(7)
    with pytest.raises(NoTrials):
        bootstrap_rate([], [], rng)
    with pytest.raises(NoTrials):
        bootstrap([], lambda _: 0.0, rng)
    with pytest.raises(NotANumber):
        bootstrap_rate([float("nan")], ["a"], rng)
    with pytest.raises(LengthsDiffer):
        bootstrap_rate([1, 0], ["a"], rng)


def test_a_percentile_interval_leaves_out_the_two_tails() -> None:
    assert percentile_interval(np.arange(101.0), 0.9) == pytest.approx((5.0, 95.0))
