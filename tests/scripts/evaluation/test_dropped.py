from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.dropped import normalised


def test_a_score_is_measured_by_how_the_cohort_scores_on_either_side() -> None:
    probes = np.array([[1, 0, 0]], np.float32)
    references = np.array([[0, 1, 0]], np.float32)
    cohort = np.array([[0.8, 0, 0.6], [0.4, 0, 0.84], [0, 0.6, 0.8], [0, 0.2, 0.96]], np.float32)

    scores = normalised(probes, references, cohort, nearest=2)

    # The probe's two nearest score 0.8 and 0.4 (mean 0.6, spread 0.2), the reference's 0.6 and 0.2 (0.4, 0.2); the pair 0.
    assert scores[0, 0] == pytest.approx((-3 + -2) / 2)
