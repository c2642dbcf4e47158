"""Comparison scores, checked and sorted once, so that every rate over three million of them is a binary search.

A comparison score grows with similarity. **A score equal to the threshold is accepted**: `rejected` below is the one place
where that is written, and every rate, curve and threshold of this package counts through it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify_service.evaluation.errors import NotANumber, NoTrials

Scores = NDArray[np.float64]


def checked(values: ArrayLike, what: str) -> Scores:
    """`values` flattened as float64, shape (n,), n ≥ 1. Infinite scores are scores.

    Raises NoTrials where there are none, NotANumber where one is NaN. `what` names them in the error.
    """
    scores = np.asarray(values, dtype=np.float64).ravel()
    if scores.size == 0:
        raise NoTrials(what)
    missing = int(np.isnan(scores).sum())
    if missing:
        raise NotANumber(what, missing)
    return scores


def in_order(values: ArrayLike, what: str) -> Scores:
    """As `checked`, ascending. Three million scores take a third of a second, and no time where they are sorted already."""
    scores = checked(values, what)
    return scores if bool(np.all(scores[:-1] <= scores[1:])) else np.sort(scores)


def rejected(ascending: Scores, thresholds: ArrayLike) -> NDArray[np.int64]:
    """How many of the scores each threshold rejects: those below it, for a score equal to the threshold is accepted."""
    return np.asarray(np.searchsorted(ascending, np.asarray(thresholds, np.float64), side="left"), dtype=np.int64)
