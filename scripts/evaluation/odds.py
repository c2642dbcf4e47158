#!/usr/bin/env python3
"""Write `verify_service/decision/odds.toml` from the figures: `python -m scripts.evaluation.odds build/eval/figures.json`.

How often two different people reach a score: of the impostor comparisons of single pictures and of templates the commoner
counts, by the upper end of its interval. No model of the tail: beyond the data the table ends with "rarer than".
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.pairs import Trials
from verify_service.decision.odds import SHIPPED
from verify_service.evaluation.intervals import Z_95, Rate

STEP = 0.01
# Below ten hits among all comparisons a few look-alikes decide: there the table ends.
HITS_MIN = 10
COMMON = 10  # a score that one pair of ten reaches is not worth a line


@dataclass(frozen=True)
class Bounds:
    """Impostor comparisons made ready to be asked how many of them reach a score: `numbers` of their people, `total` of each."""

    scores: NDArray[np.float32]
    numbers: NDArray[np.int64]
    total: NDArray[np.int64]

    @classmethod
    def of(cls, trials: Trials) -> Bounds:
        people, numbers = np.unique(trials.pairs, return_inverse=True)
        total = np.bincount(numbers.ravel(), minlength=len(people))
        return cls(trials.impostor, numbers.reshape(trials.pairs.shape), total)

    def at(self, score: float) -> tuple[int, float]:
        """How many comparisons reach `score`, and the upper end of the 95 % interval of their share.

        Of two intervals the wider: Wilson's, which takes comparisons for independent, and one by the spread over people,
        each of whom is in many comparisons (a U-statistic of two: variance 4·var(p)/n, Hoeffding 1948).
        """
        hits = np.flatnonzero(self.scores >= score)
        rate = Rate.of(len(hits), len(self.scores))
        shares = np.bincount(self.numbers[hits].ravel(), minlength=len(self.total)) / self.total
        spread = 2 * float(shares.std(ddof=1)) / math.sqrt(len(shares))
        return rate.hits, min(1.0, max(rate.high, rate.value + Z_95 * spread))


def points(trials: Sequence[Bounds]) -> list[tuple[float, int]]:
    """(score, once in how many comparisons), both rising; the last one is where the data end."""
    highest = math.floor(max(float(each.scores.max()) for each in trials) / STEP)
    found: list[tuple[float, int]] = []
    for score in (index * STEP for index in range(highest + 1)):
        bounds = [each.at(score) for each in trials]
        if bounds[0][0] < HITS_MIN:
            break
        once_in = _rounded_down(1 / max(bound for _, bound in bounds))
        if once_in >= COMMON:
            found.append((round(score, 2), max(once_in, found[-1][1] if found else 0)))
    return found


def limit_for(trials: Sequence[Bounds], fmr: float) -> float:
    """The least limit, in steps of a hundredth, from which on the upper bound of every trials' FMR is ≤ `fmr`; 1 where none is."""
    limit = 1.0
    for step in range(round(1 / STEP) - 1, -1, -1):
        if any(each.at(step * STEP)[1] > fmr for each in trials):
            return limit
        limit = round(step * STEP, 2)
    return limit


def odds_toml(found: Mapping[str, Any], on: date) -> str:
    """The file's text from the numbers of the comparison in figures.json."""
    lines = [
        "# How often two different people reach a comparison score; for the clerk. Written by scripts/evaluation/odds.py.",
        *(
            f"{key} = {json.dumps(found[key], ensure_ascii=False)}"
            for key in ("model_sha256", "origin", "data", "counts")
        ),
        f"date = {on.isoformat()}",
        "points = [  # score, once in how many comparisons; the last line: rarer than that",
        *(f"  [{score:.2f}, {once_in}]," for score, once_in in found["points"]),
        "]",
    ]
    return "\n".join(lines) + "\n"


def _rounded_down(number: float) -> int:
    """To two digits: a reader takes more for knowledge."""
    size: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(number / size) * size


if __name__ == "__main__":
    figures = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    SHIPPED.write_text(odds_toml(figures["comparison"]["odds"], date.fromisoformat(figures["date"][:10])), "utf-8")
