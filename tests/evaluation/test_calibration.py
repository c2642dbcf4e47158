from __future__ import annotations

import math

import numpy as np
import pytest

from verify_service.evaluation.calibration import Calibration, DoesNotSettle, calibrate, cllr
from verify_service.evaluation.errors import NotANumber, NoTrials, OutOfRange


@pytest.mark.parametrize("prior", [0.5, 0.01])
def test_the_ratio_of_two_normal_distributions_is_found_whatever_the_counts_and_the_prior(prior: float) -> None:
    # Of N(2, 1) against N(0, 1) the log-likelihood ratio of a score s is 2 s - 2.
    rng = np.random.default_rng(1)

    calibration = calibrate(rng.normal(2, 1, 20_000), rng.normal(0, 1, 200_000), prior)

    assert calibration.slope == pytest.approx(2, abs=0.1)
    assert calibration.intercept == pytest.approx(-2, abs=0.15)


def test_scores_in_other_units_calibrate_to_the_same_ratios() -> None:
    rng = np.random.default_rng(2)
    genuine, impostor = rng.normal(1, 1, 500), rng.normal(0, 1, 500)

    plain, scaled = calibrate(genuine, impostor), calibrate(1000 * genuine + 7, 1000 * impostor + 7)

    assert scaled.log_likelihood_ratios([1007.0]) == pytest.approx(plain.log_likelihood_ratios([1.0]))


def test_scores_that_do_not_overlap_still_calibrate() -> None:
    calibration = calibrate([0.8, 0.9], [0.0, 0.1, 0.2])

    assert calibration.log_likelihood_ratios([0.9])[0] > 0 > calibration.log_likelihood_ratios([0.1])[0]
    assert math.isfinite(calibration.slope)


def test_the_score_of_a_ratio_has_that_ratio() -> None:
    calibration = Calibration(slope=4.0, intercept=-2.0)

    assert calibration.score_at(0.0) == 0.5
    assert calibration.log_likelihood_ratios([calibration.score_at(9.2)])[0] == pytest.approx(9.2)


def test_scores_that_are_all_alike_have_no_calibration() -> None:
    with pytest.raises(DoesNotSettle):
        calibrate([1.0, 1.0], [1.0])


def test_calibration_refuses_no_scores_missing_scores_and_a_certain_prior() -> None:
    with pytest.raises(NoTrials):
        calibrate([], [0.1])
    with pytest.raises(NotANumber):
        calibrate([0.9], [math.nan])
    with pytest.raises(OutOfRange):
        calibrate([0.9], [0.1], prior=1.0)


def test_ratios_that_say_nothing_cost_one_bit_and_certain_ones_nothing() -> None:
    assert cllr([0.0, 0.0], [0.0]) == pytest.approx(1)
    assert cllr([50.0], [-50.0]) == pytest.approx(0, abs=1e-12)
    assert cllr([-5.0], [5.0]) > 1
