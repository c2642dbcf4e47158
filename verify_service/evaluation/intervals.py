"""How sure a rate is: Wilson's interval, the rule of three, and the bootstrap over subjects; and the rate that carries them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify_service.evaluation.errors import LengthsDiffer, NoTrials, OutOfRange
from verify_service.evaluation.scores import checked

Z_95 = 1.959963984540054  # the normal distribution's 97.5th percentile


@dataclass(frozen=True)
class Rate:
    """`hits` of `trials`, with the 95 % interval from `low` to `high`, all shares between 0 and 1. Make it by `Rate.of`."""

    hits: int
    trials: int
    low: float
    high: float

    @classmethod
    def of(cls, hits: int, trials: int) -> Rate:
        """With Wilson's interval; without a hit the upper bound is the rule of three's, and so for all hits the lower one.

        Raises NoTrials for trials = 0, OutOfRange for hits outside 0..trials.
        """
        if trials <= 0:
            raise NoTrials("trials")
        if not 0 <= hits <= trials:
            raise OutOfRange("hits", hits, f"0..{trials}")
        low, high = wilson(hits, trials)
        if hits == 0:
            low, high = 0.0, rule_of_three(trials)
        elif hits == trials:
            low, high = 1.0 - rule_of_three(trials), 1.0
        return cls(int(hits), int(trials), low, high)

    @property
    def value(self) -> float:
        return self.hits / self.trials

    @property
    def text(self) -> str:
        """Such as "2 of 2,720 = 0.07 % (0.02-0.27)"; "0 of 150 (≤ 2.0 % at 95 %)"; "150 of 150 (≥ 98.0 % at 95 %)"."""
        counted = f"{self.hits:,} of {self.trials:,}"
        if self.hits == 0:
            return f"{counted} (≤ {_bound(self.high, math.ceil)} % at 95 %)"
        if self.hits == self.trials:
            return f"{counted} (≥ {_bound(self.low, math.floor)} % at 95 %)"
        return f"{counted} = {percent(self.value)} % ({percent(self.low)}-{percent(self.high)})"

    @property
    def numbers(self) -> dict[str, Any]:
        """For figures.json."""
        return {"hits": self.hits, "trials": self.trials, "value": self.value, "low": self.low, "high": self.high}

    def within(self, interval: tuple[float, float]) -> Rate:
        """The same counts with another interval, such as the bootstrap's over subjects.

        A bootstrap of no hits has no width and says nothing: there the rule of three stays.
        """
        if self.hits in (0, self.trials):
            return self
        return replace(self, low=float(interval[0]), high=float(interval[1]))


def wilson(hits: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a binomial share (Wilson 1927). Trials must be independent; where one person gives many,
    prefer the bootstrap over subjects. Raises NoTrials for trials = 0."""
    if trials <= 0:
        raise NoTrials("trials")
    share, spread = hits / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def rule_of_three(trials: int) -> float:
    """The 95 % upper bound of a rate that showed no hit in `trials`: 3/n (ISO/IEC 19795-1 annex B; Jovanovic, Levy 1997),
    at most 1. Raises NoTrials for trials = 0."""
    if trials <= 0:
        raise NoTrials("trials")
    return min(1.0, 3 / trials)


def trials_for(rate: float) -> int:
    """How many trials without a hit it takes to say "≤ rate at 95 %" (the rule of three, turned round)."""
    if not 0 < rate <= 1:
        raise OutOfRange("rate", rate, "0 < rate ≤ 1")
    return math.ceil(3 / rate - 1e-9)


def bootstrap_rate(
    hits: ArrayLike, subjects: ArrayLike, rng: np.random.Generator, rounds: int = 2000, level: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the share of `hits`, people drawn again with replacement.

    One person's trials resemble each other, so that people are drawn, each with all trials (Bolle, Ratha, Pankanti 2004:
    the subsets bootstrap). `hits` (n,) of booleans or numbers, `subjects` (n,) of anything that can be told apart.
    Raises NoTrials, NotANumber, LengthsDiffer.
    """
    values = checked(hits, "trials")
    people = _numbered(subjects, values.size)
    count = int(people.max()) + 1
    sums, sizes = np.bincount(people, values, count), np.bincount(people, minlength=count).astype(np.float64)
    shares = np.empty(rounds)
    for start in range(0, rounds, 256):  # 256 rounds at a time: a matrix of 256 × people
        weights = _drawn(count, min(256, rounds - start), rng)
        shares[start : start + len(weights)] = (weights @ sums) / (weights @ sizes)
    return percentile_interval(shares, level)


def bootstrap(
    subjects: ArrayLike,
    statistic: Callable[[NDArray[np.intp]], float],
    rng: np.random.Generator,
    rounds: int = 500,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of any statistic. `statistic` is given the indices (m,) of the drawn people's items in `subjects` (n,),
    as often as their owner was drawn. Raises NoTrials where there are no subjects."""
    people = _numbered(subjects, None)
    owned = np.split(np.argsort(people, kind="stable"), np.cumsum(np.bincount(people))[:-1])
    values = [
        statistic(np.concatenate([owned[person] for person in rng.integers(0, len(owned), len(owned))]))
        for _ in range(rounds)
    ]
    return percentile_interval(np.asarray(values), level)


def percentile_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """The middle `level` of the values (n,) (Efron, Tibshirani 1993, ch. 13). Raises NoTrials, NotANumber."""
    low, high = np.quantile(checked(values, "bootstrap rounds"), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def percent(share: float) -> str:
    """A share as a number of per cent with as many digits as a reader needs: 97.3, 2.0, 0.07, 0.0003."""
    value = 100 * share
    return f"{value:.{_decimals(value)}f}"


def _decimals(value: float) -> int:
    if value >= 1 or value == 0:
        return 1
    return max(2, -math.floor(math.log10(value)))


def _bound(share: float, rounding: Callable[[float], int]) -> str:
    """Rounded to the safe side: an upper bound up, a lower bound down."""
    value = 100 * share
    digits = _decimals(value)
    # The small step keeps 2.0 that is stored as 2.0000000000000004 from becoming 2.1.
    step = -1e-9 if rounding is math.ceil else 1e-9
    return f"{rounding(value * 10**digits + step) / 10**digits:.{digits}f}"


def _drawn(people: int, rounds: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each person is drawn in each round, shape (rounds, people): `people` draws with replacement."""
    return rng.multinomial(people, np.full(people, 1 / people), size=rounds).astype(np.float64)


def _numbered(subjects: ArrayLike, wanted: int | None) -> NDArray[np.intp]:
    """The people as 0, 1, 2, … Raises NoTrials, LengthsDiffer."""
    named = np.asarray(subjects).ravel()
    if named.size == 0:
        raise NoTrials("subjects")
    if wanted is not None and named.size != wanted:
        raise LengthsDiffer("trials and their subjects", (wanted, named.size))
    return np.asarray(np.unique(named, return_inverse=True)[1], dtype=np.intp).ravel()
