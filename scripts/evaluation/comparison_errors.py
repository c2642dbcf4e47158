"""Errors of a way of comparing: EER, FNMR by FMR with intervals over people, and what a limit costs and lets through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.evaluation.cache import sha256
from scripts.evaluation.odds import upper_bound
from scripts.evaluation.pairs import Trials
from scripts.evaluation.setting import Setting
from verify_service.evaluation.curves import Band, fnmr_by_fmr_band
from verify_service.evaluation.intervals import Rate
from verify_service.evaluation.rates import equal_error_rate, false_non_match_rate, threshold_at_fmr

FMRS = (1e-3, 1e-4, 1e-5)
LIMIT_STEP = 0.01


@dataclass(frozen=True)
class Errors:
    """`fnmr` by FMR, with the interval of a bootstrap over people, at `thresholds`."""

    trials: Trials
    eer: float
    thresholds: Mapping[float, float]
    fnmr: Mapping[float, Rate]

    @property
    def numbers(self) -> dict[str, Any]:
        """`fnmr` as plain shares by FMR; their counts and intervals beside them."""
        return {
            "fnmr": {name_of(fmr): rate.value for fmr, rate in self.fnmr.items()},
            "fnmr_counts": {name_of(fmr): rate.numbers for fmr, rate in self.fnmr.items()},
            "threshold": {name_of(fmr): value for fmr, value in self.thresholds.items()},
            "eer": self.eer,
            **self.trials.counts,
        }


def errors(setting: Setting, trials: Trials) -> Errors:
    """Where an FMR is less than one of all impostor comparisons, none may pass: stricter than asked."""
    found = band(setting, trials, FMRS)
    thresholds = {fmr: threshold_at_fmr(trials.impostor, fmr) for fmr in FMRS}
    fnmr = {
        fmr: false_non_match_rate(trials.genuine, thresholds[fmr]).within((float(low), float(high)))
        for fmr, low, high in zip(FMRS, found.low, found.high, strict=True)
    }
    return Errors(trials, equal_error_rate(trials.genuine, trials.impostor), thresholds, fnmr)


def band(setting: Setting, trials: Trials, wanted: tuple[float, ...]) -> Band:
    """FNMR by FMR with its band over people; kept in the cache, since a round over three million pairs takes a while."""
    rounds = 50 if setting.quick else 100
    content = b"".join(
        np.ascontiguousarray(each).tobytes() for each in (trials.genuine, trials.owners, trials.impostor)
    )
    key = ("fnmr band", sha256(content), repr(wanted), str(rounds), str(setting.seed))

    def drawn() -> dict[str, Any]:
        rng = np.random.default_rng(setting.seed)
        made = fnmr_by_fmr_band(
            trials.genuine, trials.owners, trials.impostor, trials.pairs, np.array(wanted), rng, rounds
        )
        return {"fmr": made.fmr, "fnmr": made.fnmr, "low": made.low, "high": made.high}

    return Band(**setting.cache.arrays(key, drawn))


def limit_for(trials: list[Trials], fmr: float) -> float:
    """The least limit, in steps of a hundredth, at which the upper bound of every trials' FMR is ≤ `fmr`; 1 where none is."""
    for step in range(round(1 / LIMIT_STEP)):
        limit = round(step * LIMIT_STEP, 2)
        if all(upper_bound(each, limit)[1] <= fmr for each in trials):
            return limit
    return 1.0


def name_of(fmr: float) -> str:
    """Such as "1e-4"."""
    return f"1e-{round(-math.log10(fmr))}"
