from __future__ import annotations

import math

import numpy as np
import pytest

from verify_service.evaluation.errors import NotANumber, NoTrials
from verify_service.evaluation.scores import checked, in_order, rejected


def test_a_score_equal_to_the_threshold_is_accepted() -> None:
    assert rejected(np.array([0.1, 0.5, 0.9]), 0.5) == 1


def test_all_of_several_tied_scores_at_the_threshold_are_accepted() -> None:
    assert rejected(np.array([0.1, 0.5, 0.5, 0.5]), [0.5, 0.500001]).tolist() == [1, 4]


def test_scores_come_in_rising_order() -> None:
    assert in_order([3, 1, 2], "scores").tolist() == [1.0, 2.0, 3.0]


def test_a_missing_score_is_an_error_that_counts_the_missing() -> None:
    with pytest.raises(NotANumber, match="2 of the genuine comparisons") as caught:
        checked([0.1, math.nan, math.nan], "genuine comparisons")

    assert caught.value.count == 2


def test_no_scores_are_an_error_that_names_what_there_is_none_of() -> None:
    with pytest.raises(NoTrials, match="no impostor comparisons"):
        checked([], "impostor comparisons")
