from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.evaluation import rates
from verify_service.evaluation.errors import NotANumber, NoTrials, OutOfRange
from verify_service.evaluation.intervals import Rate

SCORES = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12)  # few values, so that many tie


def test_the_false_match_rate_counts_impostors_at_and_above_the_threshold() -> None:
    rate = rates.false_match_rate([0.1, 0.2, 0.4, 0.5], 0.4)

    assert (rate.hits, rate.trials) == (2, 4)


def test_the_false_non_match_rate_counts_genuine_scores_below_the_threshold() -> None:
    rate = rates.false_non_match_rate([0.3, 0.4, 0.9], 0.4)

    assert (rate.hits, rate.trials) == (1, 3)


@pytest.mark.parametrize("rate", [rates.false_match_rate, rates.false_non_match_rate])
def test_a_rate_refuses_no_scores_and_missing_scores(rate: object) -> None:
    assert callable(rate)
    with pytest.raises(NoTrials):
        rate([], 0.5)
    with pytest.raises(NotANumber):
        rate([0.1, math.nan], 0.5)


def test_the_threshold_for_a_wanted_rate_lies_a_hair_above_the_impostor_that_must_not_pass() -> None:
    threshold = rates.threshold_at_fmr([0.1, 0.2, 0.3, 0.4], 0.25)

    assert threshold == np.nextafter(0.3, 1)
    assert rates.false_match_rate([0.1, 0.2, 0.3, 0.4], threshold).value == 0.25


def test_impostors_that_tie_at_the_threshold_are_all_refused() -> None:
    impostor = [0.1, 0.3, 0.3, 0.3]

    threshold = rates.threshold_at_fmr(impostor, 0.5)

    assert rates.false_match_rate(impostor, threshold).hits == 0


def test_the_threshold_for_no_match_at_all_lies_above_every_impostor_and_for_all_below() -> None:
    assert rates.threshold_at_fmr([0.1, 0.9], 0.0) == np.nextafter(0.9, 1)
    assert rates.threshold_at_fmr([0.1, 0.9], 1.0) == -math.inf


def test_a_rate_that_floating_point_shortens_still_gets_its_full_count() -> None:
    impostor = np.arange(100.0)  # 0.29 × 100 is 28.999…

    assert rates.false_match_rate(impostor, rates.threshold_at_fmr(impostor, 0.29)).hits == 29


def test_a_wanted_rate_is_a_share() -> None:
    with pytest.raises(OutOfRange):
        rates.threshold_at_fmr([0.1], 1.5)


@given(impostor=SCORES, wanted=st.floats(0, 1))
def test_the_threshold_is_the_least_that_keeps_the_wanted_rate(impostor: list[float], wanted: float) -> None:
    threshold = rates.threshold_at_fmr(impostor, wanted)

    assert rates.false_match_rate(impostor, threshold).value <= wanted
    if threshold > -math.inf:
        assert rates.false_match_rate(impostor, np.nextafter(threshold, -math.inf)).value > wanted


def test_the_false_non_match_rate_at_a_false_match_rate() -> None:
    # One of four impostors may pass, so that the threshold lies just above 0.3, and the genuine 0.3 falls with it.
    rate = rates.fnmr_at_fmr([0.3, 0.35, 0.9], [0.0, 0.1, 0.3, 0.4], 0.25)

    assert (rate.hits, rate.trials) == (1, 3)


def test_the_equal_error_rate_of_scores_apart_is_zero_and_of_equal_scores_a_half() -> None:
    assert rates.equal_error_rate([2, 3], [0, 1]) == 0
    assert rates.equal_error_rate([1, 1], [1, 1]) == 0.5


def test_the_equal_error_rate_where_one_threshold_makes_both_errors_equal() -> None:
    # From 2 on: one of three genuine below it, one of three impostors at or above it.
    assert rates.equal_error_rate([1, 3, 4], [0, 0.5, 2.5]) == pytest.approx(1 / 3)


def test_the_equal_error_rate_between_two_thresholds_lies_on_the_line_between_them() -> None:
    # At 1: FMR 1/2, FNMR 0. Above it: FMR 0, FNMR 1. The line from (1/2, 0) to (0, 1) crosses FMR = FNMR at a third.
    assert rates.equal_error_rate([1.0], [0.0, 1.0]) == pytest.approx(1 / 3)


@given(genuine=SCORES, impostor=SCORES)
def test_the_equal_error_rate_is_a_share_and_swaps_with_the_sign(genuine: list[float], impostor: list[float]) -> None:
    eer = rates.equal_error_rate(genuine, impostor)

    assert 0 <= eer <= 1
    assert rates.equal_error_rate([-s for s in impostor], [-s for s in genuine]) == pytest.approx(eer)


def test_what_could_not_be_acquired_is_a_rate_of_its_own() -> None:
    rate = rates.failure_to_acquire_rate([True, True, False, True])

    assert (rate.hits, rate.trials) == (1, 4)


def test_attack_rates_count_what_got_through_and_bona_fide_rates_what_did_not() -> None:
    assert rates.apcer([True, False, False]).hits == 1
    assert rates.bpcer([True, True, False]).hits == 2
    assert rates.iapar(np.array([False, False])).hits == 0


@pytest.mark.parametrize("rate", [rates.failure_to_acquire_rate, rates.apcer, rates.bpcer, rates.iapar])
def test_a_rate_over_no_presentations_is_undefined(rate: object) -> None:
    assert callable(rate)
    with pytest.raises(NoTrials):
        rate([])


def test_of_several_species_the_worst_one_counts() -> None:
    species = {"photo": Rate.of(0, 150), "screen": Rate.of(1, 100), "few screens": Rate.of(0, 10)}

    assert rates.worst(species)[0] == "screen"
    assert rates.worst({name: rate for name, rate in species.items() if not rate.hits})[0] == "few screens"
    with pytest.raises(NoTrials):
        rates.worst({})


def test_three_million_impostors_take_seconds_at_most() -> None:
    rng = np.random.default_rng(1)
    impostor, genuine = rng.normal(0, 1, 3_000_000), rng.normal(5, 1, 3_000)
    start = time.process_time()

    rates.fnmr_at_fmr(genuine, impostor, 1e-4)
    rates.equal_error_rate(genuine, impostor)

    assert time.process_time() - start < 10
