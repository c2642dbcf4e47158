from __future__ import annotations

import math
import time

import numpy as np
import pytest

from verify_service.evaluation.curves import det, fnmr_by_fmr, fnmr_by_fmr_band
from verify_service.evaluation.errors import LengthsDiffer, NotANumber, NoTrials
from verify_service.evaluation.rates import false_match_rate, false_non_match_rate


def test_a_det_curve_goes_from_all_impostors_refused_to_all_genuine_accepted() -> None:
    curve = det([1.0, 3.0], [0.0, 2.0])

    assert (curve.fmr[-1], curve.fnmr[0]) == (0.0, 0.0)
    # At the genuine 1.0 one impostor of two passes; just above the impostor 2.0 none does and one genuine of two falls.
    assert (0.5, 0.0) in zip(curve.fmr, curve.fnmr, strict=True)
    assert (0.0, 0.5) in zip(curve.fmr, curve.fnmr, strict=True)


def test_every_point_of_a_det_curve_is_measured_and_the_curve_falls() -> None:
    rng = np.random.default_rng(1)
    genuine, impostor = rng.normal(2, 1, 300), rng.normal(0, 1, 5000)

    curve = det(genuine, impostor, points=50)

    assert curve.thresholds.size <= 52
    assert np.all(np.diff(curve.fmr) <= 0)
    assert np.all(np.diff(curve.fnmr) >= 0)
    for threshold, fmr, fnmr in zip(curve.thresholds, curve.fmr, curve.fnmr, strict=True):
        assert false_match_rate(impostor, threshold).value == pytest.approx(fmr)
        assert false_non_match_rate(genuine, threshold).value == pytest.approx(fnmr)


def test_the_false_non_match_rate_grows_as_the_false_match_rate_shrinks() -> None:
    fnmr = fnmr_by_fmr([0.5, 1.5, 2.5, 3.5], [0.0, 1.0, 2.0, 3.0], [1.0, 0.5, 0.25, 0.0])

    assert fnmr.tolist() == [0.0, 0.25, 0.5, 0.75]


def test_a_band_of_scores_apart_is_zero_wide() -> None:
    band = fnmr_by_fmr_band(
        [5, 6, 7], ["a", "b", "c"], [0, 1, 2], [("a", "b"), ("a", "c"), ("b", "c")], [0.1], np.random.default_rng(2)
    )

    assert (band.fnmr.tolist(), band.low.tolist(), band.high.tolist()) == ([0.0], [0.0], [0.0])


def test_a_band_holds_the_measured_curve_and_its_width_is_that_of_the_people() -> None:
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(100), 3)
    # Ten of a hundred people always fail, with all three comparisons: the interval is that of ten of a hundred people.
    genuine = np.where(people < 10, -9.0, 9.0)
    first, second = np.triu_indices(100, 1)
    impostor = rng.normal(0, 1, first.size)

    band = fnmr_by_fmr_band(genuine, people, impostor, np.stack([first, second], 1), [1e-2, 1e-1], rng, rounds=400)

    assert band.fnmr.tolist() == [0.1, 0.1]
    assert band.low == pytest.approx([0.05, 0.05], abs=0.02)
    assert band.high == pytest.approx([0.16, 0.16], abs=0.02)


def test_impostors_that_tie_are_refused_in_a_band_too() -> None:
    band = fnmr_by_fmr_band(
        [1, 1], ["a", "b"], [1, 1], [("a", "b"), ("b", "a")], [0.5], np.random.default_rng(4), rounds=20
    )

    assert band.fnmr.tolist() == band.low.tolist() == [1.0]


def test_curves_refuse_no_scores_missing_scores_and_lists_that_do_not_fit() -> None:
    rng = np.random.default_rng(5)
    with pytest.raises(NoTrials):
        det([], [1.0])
    with pytest.raises(NotANumber):
        fnmr_by_fmr([math.nan], [1.0], [0.1])
    with pytest.raises(LengthsDiffer, match="genuine"):
        fnmr_by_fmr_band([1.0], ["a", "b"], [0.0], [("a", "b")], [0.1], rng)
    with pytest.raises(LengthsDiffer, match="impostor"):
        fnmr_by_fmr_band([1.0], ["a"], [0.0, 1.0], [("a", "b")], [0.1], rng)


def test_a_band_over_a_million_impostors_takes_a_fraction_of_a_second_a_round() -> None:
    rng = np.random.default_rng(6)
    pairs = rng.integers(0, 860, (1_000_000, 2))
    start = time.process_time()

    fnmr_by_fmr_band(
        rng.normal(5, 1, 3000), np.arange(3000) % 860, rng.normal(0, 1, 1_000_000), pairs, [1e-4], rng, rounds=3
    )

    assert time.process_time() - start < 5
