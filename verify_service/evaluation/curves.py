"""Curves over all thresholds: the DET curve, and FNMR by FMR with its band of a bootstrap over subjects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify_service.evaluation.errors import LengthsDiffer
from verify_service.evaluation.intervals import percentile_interval
from verify_service.evaluation.rates import GENUINE, IMPOSTOR, thresholds_at_fmr
from verify_service.evaluation.scores import Scores, checked, in_order, rejected


@dataclass(frozen=True)
class DET:
    """Points of a DET curve, thresholds rising: `thresholds`, `fmr` (falling), `fnmr` (rising), each (m,), rates 0..1."""

    thresholds: Scores
    fmr: Scores
    fnmr: Scores


@dataclass(frozen=True)
class Band:
    """FNMR at wanted FMRs: `fmr`, `fnmr`, and the 95 % band `low` to `high`, each (m,)."""

    fmr: Scores
    fnmr: Scores
    low: Scores
    high: Scores


def det(genuine: ArrayLike, impostor: ArrayLike, points: int = 400) -> DET:
    """The DET curve (ISO/IEC 19795-1) through at most about `points` thresholds.

    Thresholds lie just above impostor scores, evenly in the logarithm of the FMR, and on genuine scores, evenly in the FNMR:
    each point is a measured one, nothing is interpolated. Raises NoTrials, NotANumber.
    """
    same, other = in_order(genuine, GENUINE), in_order(impostor, IMPOSTOR)
    hits = np.unique(np.geomspace(1, other.size, points // 2).astype(np.int64))
    above = np.nextafter(other[::-1][np.concatenate([[0], hits[:-1]])], np.inf)
    on = same[np.unique(np.linspace(0, same.size - 1, points // 2).astype(np.int64))]
    thresholds = np.unique(np.concatenate([above, on]))
    fmr = (other.size - rejected(other, thresholds)) / other.size
    return DET(thresholds, fmr, rejected(same, thresholds) / same.size)


def fnmr_by_fmr(genuine: ArrayLike, impostor: ArrayLike, fmr: ArrayLike) -> Scores:
    """FNMR (m,) at the least thresholds whose measured FMR is ≤ each of `fmr` (m,). Raises NoTrials, NotANumber, OutOfRange."""
    same = in_order(genuine, GENUINE)
    return rejected(same, thresholds_at_fmr(impostor, np.asarray(fmr, np.float64))) / same.size


def fnmr_by_fmr_band(
    genuine: ArrayLike,
    genuine_subjects: ArrayLike,
    impostor: ArrayLike,
    impostor_subjects: ArrayLike,
    fmr: ArrayLike,
    rng: np.random.Generator,
    rounds: int = 200,
) -> Band:
    """As `fnmr_by_fmr`, with a band for which **people** are drawn again: their genuine and their impostor comparisons together.

    `genuine` (g,) with `genuine_subjects` (g,); `impostor` (n,) with `impostor_subjects` (n, 2), the two people of each comparison.
    A genuine comparison weighs as often as its person was drawn, an impostor comparison the product of its two people's.
    A round takes about 60 ms for 3 million impostor comparisons. Raises NoTrials, NotANumber, OutOfRange, LengthsDiffer.
    """
    wanted = np.asarray(fmr, np.float64)
    drawing = _Drawing.of(genuine, genuine_subjects, impostor, impostor_subjects)
    drawn = np.array([drawing.fnmr(wanted, rng) for _ in range(rounds)]).reshape(rounds, wanted.size)
    bounds = np.array([percentile_interval(column) for column in drawn.T])
    return Band(wanted, fnmr_by_fmr(genuine, impostor, wanted), bounds[:, 0], bounds[:, 1])


@dataclass(frozen=True)
class _Drawing:
    """Scores in falling order with the numbers of their people, ready to be weighed by a draw."""

    genuine: Scores
    owner: NDArray[np.intp]
    impostor: Scores
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    people: int

    @classmethod
    def of(cls, genuine: ArrayLike, owners: ArrayLike, impostor: ArrayLike, pairs: ArrayLike) -> _Drawing:
        same, other = checked(genuine, GENUINE), checked(impostor, IMPOSTOR)
        owner, pair = np.asarray(owners).ravel(), np.asarray(pairs).reshape(-1, 2)
        if owner.size != same.size:
            raise LengthsDiffer("genuine comparisons and their subjects", (same.size, owner.size))
        if len(pair) != other.size:
            raise LengthsDiffer("impostor comparisons and their pairs of subjects", (other.size, len(pair)))
        names, numbers = np.unique(np.concatenate([owner, pair.ravel()]), return_inverse=True)
        pair_numbers = numbers[owner.size :].reshape(-1, 2)
        falling, fall = np.argsort(-same, kind="stable"), np.argsort(-other, kind="stable")
        return cls(
            same[falling],
            numbers[: owner.size][falling],
            other[fall],
            pair_numbers[fall, 0],
            pair_numbers[fall, 1],
            names.size,
        )

    def fnmr(self, wanted: Scores, rng: np.random.Generator) -> Scores:
        """FNMR at each wanted FMR for one draw of people."""
        weights = rng.multinomial(self.people, np.full(self.people, 1 / self.people)).astype(np.float64)
        passed = np.cumsum(weights[self.first] * weights[self.second])
        accepted = np.cumsum(weights[self.owner])
        if passed[-1] == 0 or accepted[-1] == 0:
            return self.fnmr(wanted, rng)  # a draw of people without any comparison between them says nothing
        # The first score in falling order that may not pass; all that tie with it are refused with it.
        barred = np.searchsorted(passed, wanted * passed[-1] * (1 + 1e-12), side="right")
        limits = np.append(self.impostor, -np.inf)[np.minimum(barred, self.impostor.size)]
        count = np.searchsorted(-self.genuine, -limits, side="left")  # genuine scores above the limit
        return np.asarray(1 - np.concatenate([[0.0], accepted])[count] / accepted[-1])
