"""Errors of a way of comparing: EER, FNMR by FMR with intervals over people, and what a limit costs and lets through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.evaluation.cache import sha256
from scripts.evaluation.pairs import Trials
from scripts.evaluation.setting import Setting
from verify_service.evaluation.curves import Band, fnmr_by_fmr_band
from verify_service.evaluation.intervals import Rate
from verify_service.evaluation.rates import equal_error_rate, false_non_match_rate, threshold_at_fmr

FMRS = (1e-3, 1e-4, 1e-5)
CURVE = (1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
ROUNDS, ROUNDS_QUICK = 60, 20  # of the bootstrap: a round over three million pairs takes a tenth of a second


@dataclass(frozen=True)
class Errors:
    """`fnmr` by FMR, with the interval of a bootstrap over people, at `thresholds`."""

    trials: Trials
    eer: float
    thresholds: Mapping[float, float]
    fnmr: Mapping[float, Rate]
    band: Band

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
    thresholds = {fmr: threshold_at_fmr(trials.impostor, fmr) for fmr in FMRS}
    band = _band(setting, trials)
    bounds = {fmr: (float(band.low[CURVE.index(fmr)]), float(band.high[CURVE.index(fmr)])) for fmr in FMRS}
    fnmr = {fmr: false_non_match_rate(trials.genuine, thresholds[fmr]).within(bounds[fmr]) for fmr in FMRS}
    return Errors(trials, equal_error_rate(trials.genuine, trials.impostor), thresholds, fnmr, band)


def _band(setting: Setting, trials: Trials) -> Band:
    """FNMR at the FMRs of CURVE with its band over people; kept in the cache."""
    rounds = ROUNDS_QUICK if setting.quick else ROUNDS
    scores = b"".join(np.ascontiguousarray(each).tobytes() for each in (trials.genuine, trials.owners, trials.impostor))

    def drawn() -> dict[str, Any]:
        rng = np.random.default_rng(setting.seed)
        made = fnmr_by_fmr_band(
            trials.genuine, trials.owners, trials.impostor, trials.pairs, np.array(CURVE), rng, rounds
        )
        return {"fmr": made.fmr, "fnmr": made.fnmr, "low": made.low, "high": made.high}

    key = ("fnmr band", sha256(scores), repr(CURVE), str(rounds), str(setting.seed))
    return Band(**setting.cache.arrays(key, drawn))


def name_of(fmr: float) -> str:
    """Such as "1e-4"."""
    return f"1e-{round(-math.log10(fmr))}"
