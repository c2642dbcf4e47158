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


def points(trials: Sequence[Trials]) -> list[tuple[float, int]]:
    """(score, once in how many comparisons), both rising; the last one is where the data end."""
    highest = math.floor(max(float(each.impostor.max()) for each in trials) / STEP)
    found: list[tuple[float, int]] = []
    for score in (index * STEP for index in range(highest + 1)):
        bounds = [upper_bound(each, score) for each in trials]
        if any(hits < HITS_MIN for hits, _ in bounds[:1]):
            break
        once_in = _rounded_down(1 / max(bound for _, bound in bounds))
        if once_in >= COMMON:
            found.append((round(score, 2), max(once_in, found[-1][1] if found else 0)))
    return found


def upper_bound(trials: Trials, score: float) -> tuple[int, float]:
    """How many impostor comparisons reach `score`, and the upper end of the 95 % interval of their share.

    Of two intervals the wider: Wilson's, which takes comparisons for independent, and one by the spread over people, each
    of whom is in many comparisons (a U-statistic of two: variance 4·var(p)/n, Hoeffding 1948).
    """
    hits = trials.impostor >= score
    rate = Rate.of(int(hits.sum()), len(hits))
    shares = _share_of_each(trials.pairs, hits)
    spread = 2 * float(shares.std(ddof=1)) / math.sqrt(len(shares))
    return rate.hits, min(1.0, max(rate.high, rate.value + Z_95 * spread))


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


def _share_of_each(pairs: NDArray[np.int64], hits: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each person's share of hits among the comparisons that the person is in."""
    people, numbers = np.unique(pairs, return_inverse=True)
    numbers = numbers.reshape(pairs.shape)
    all_of = sum(np.bincount(numbers[:, side], minlength=len(people)) for side in (0, 1))
    hits_of = sum(np.bincount(numbers[hits, side], minlength=len(people)) for side in (0, 1))
    return np.asarray(hits_of / all_of, np.float64)


def _rounded_down(number: float) -> int:
    """To two digits: a reader takes more for knowledge."""
    size: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(number / size) * size


if __name__ == "__main__":
    figures = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    SHIPPED.write_text(odds_toml(figures["comparison"]["odds"], date.fromisoformat(figures["date"][:10])), "utf-8")
