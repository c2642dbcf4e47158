"""Rates at a threshold, and the threshold for a rate (ISO/IEC 19795-1:2021; attacks: ISO/IEC 30107-3:2023).

What equality at the threshold means is stated in `scores`. Errors of all functions: NoTrials for an empty list, NotANumber
for a NaN among scores.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify_service.evaluation.errors import NoTrials, OutOfRange
from verify_service.evaluation.intervals import Rate
from verify_service.evaluation.scores import Scores, in_order, rejected

GENUINE, IMPOSTOR = "genuine comparisons", "impostor comparisons"


def false_match_rate(impostor: ArrayLike, threshold: float) -> Rate:
    """FMR: impostor comparisons (n,) that are accepted (19795-1)."""
    scores = in_order(impostor, IMPOSTOR)
    return Rate.of(scores.size - int(rejected(scores, threshold)), scores.size)


def false_non_match_rate(genuine: ArrayLike, threshold: float) -> Rate:
    """FNMR: genuine comparisons (n,) that are rejected (19795-1)."""
    scores = in_order(genuine, GENUINE)
    return Rate.of(int(rejected(scores, threshold)), scores.size)


def threshold_at_fmr(impostor: ArrayLike, wanted: float) -> float:
    """The least threshold whose measured FMR is ≤ `wanted` (0..1): a hair above the impostor score that must not pass.

    Where scores are tied there, all of them are refused, and the measured FMR may lie well below the wanted one.
    -inf where every impostor may pass. Whoever rounds it must round up. Raises OutOfRange too.
    """
    return float(thresholds_at_fmr(impostor, [wanted])[0])


def thresholds_at_fmr(impostor: ArrayLike, wanted: Sequence[float] | NDArray[np.float64]) -> Scores:
    """As `threshold_at_fmr`, for several rates (m,) at the cost of one sorting."""
    ascending = in_order(impostor, IMPOSTOR)
    return np.array([_threshold(ascending, _allowed(float(rate), ascending.size)) for rate in wanted])


def fnmr_at_fmr(genuine: ArrayLike, impostor: ArrayLike, wanted: float) -> Rate:
    """FNMR at the threshold of `threshold_at_fmr`: the usual single figure of a comparison algorithm."""
    return false_non_match_rate(genuine, threshold_at_fmr(impostor, wanted))


def equal_error_rate(genuine: ArrayLike, impostor: ArrayLike) -> float:
    """EER: where FMR and FNMR cross, as the threshold rises through all scores.

    Where no threshold makes them equal: on the straight line between the last with FMR > FNMR and the first with FMR < FNMR.
    """
    same, other = in_order(genuine, GENUINE), in_order(impostor, IMPOSTOR)
    thresholds = np.unique(np.concatenate([same, other]))
    # At the least score all are accepted; above the greatest, which ends both lists, none is.
    fnmr = np.append(rejected(same, thresholds) / same.size, 1.0)
    fmr = np.append(1 - rejected(other, thresholds) / other.size, 0.0)
    after = int(np.argmax(fnmr >= fmr))
    gap_before, gap_after = fmr[after - 1] - fnmr[after - 1], fnmr[after] - fmr[after]
    share = gap_before / (gap_before + gap_after)
    return float(fmr[after - 1] + share * (fmr[after] - fmr[after - 1]))


def failure_to_acquire_rate(acquired: Sequence[bool] | NDArray[np.bool_]) -> Rate:
    """FTA: presentations (n,) of which no template could be made, such as a picture without a detected face (19795-1)."""
    return _share([not one for one in acquired], "presentations")


def apcer(classified_bona_fide: Sequence[bool] | NDArray[np.bool_]) -> Rate:
    """APCER of **one species**: attack presentations (n,) that the presence checks classified as bona fide (30107-3)."""
    return _share(classified_bona_fide, "attack presentations")


def bpcer(classified_attack: Sequence[bool] | NDArray[np.bool_]) -> Rate:
    """BPCER: bona fide presentations (n,) that the presence checks classified as attacks (30107-3)."""
    return _share(classified_attack, "bona fide presentations")


def iapar(accepted: Sequence[bool] | NDArray[np.bool_]) -> Rate:
    """IAPAR of one species: attacks by somebody who poses as the resident (n,) that the **whole system** accepted, presence,
    speech and comparison together (30107-3; NIST SP 800-63A asks for < 7 %)."""
    return _share(accepted, "impostor attack presentations")


def worst(by_species: Mapping[str, Rate]) -> tuple[str, Rate]:
    """The species with the highest rate; of equals the one with the highest upper bound. 30107-3 forbids averaging over species,
    since an attacker takes the best one. Raises NoTrials."""
    if not by_species:
        raise NoTrials("species")
    return max(by_species.items(), key=lambda item: (item[1].value, item[1].high))


def _threshold(ascending: Scores, allowed: int) -> float:
    """The least number above all but the `allowed` greatest scores."""
    if allowed >= ascending.size:
        return -math.inf
    return float(np.nextafter(ascending[ascending.size - 1 - allowed], math.inf))


def _allowed(wanted: float, trials: int) -> int:
    """The most hits whose share is ≤ wanted. By division, as the rate itself: 0.29 × 100 is 28.999… in floating point."""
    if not 0 <= wanted <= 1:
        raise OutOfRange("the wanted FMR", wanted, "0..1")
    hits = math.floor(wanted * trials)
    return hits + 1 if (hits + 1) / trials <= wanted else hits


def _share(hits: Sequence[bool] | NDArray[np.bool_], what: str) -> Rate:
    if len(hits) == 0:
        raise NoTrials(what)
    return Rate.of(sum(bool(one) for one in hits), len(hits))
