"""The set of limits in force, each with its origin. `thresholds.toml` beside this file is the one place of their values."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from verify_service.biometrics.limits import Limits

SHIPPED = Path(__file__).with_name("thresholds.toml")


class ThresholdsInvalid(Exception):
    """The file of thresholds cannot be used."""


@dataclass(frozen=True)
class Threshold:
    """A limit and where it comes from. `provisional` until this project's own evaluation has set it.

    `counts` and `bound` tell on how many trials it rests and what it is known to let through and to hold back; `figures` is
    the sha256 of the figures.json that says so. All three are empty for a rule that no data could settle.
    """

    value: float
    origin: str
    data: str
    date: date
    provisional: bool
    counts: str = ""
    bound: str = ""
    figures: str = ""


@dataclass(frozen=True)
class ThresholdSet:
    """The thresholds by name; `version` is the start of the sha256 of the file, echoed in every decision."""

    version: str
    thresholds: Mapping[str, Threshold]

    @property
    def limits(self) -> Limits:
        values: dict[str, Any] = dict(self.values)
        return Limits(**values)

    @property
    def values(self) -> dict[str, float]:
        """Each limit's value by name: what a decision and /readyz echo."""
        return {name: threshold.value for name, threshold in self.thresholds.items()}


def load_thresholds(path: Path = SHIPPED) -> ThresholdSet:
    """Read and check a file of thresholds. Raises ThresholdsInvalid for a missing, unknown or unexplained limit."""
    content = path.read_bytes()
    table = tomllib.loads(content.decode())
    wanted, given = {f.name for f in fields(Limits)}, set(table)
    if wanted != given:
        raise ThresholdsInvalid(f"{path}: missing {sorted(wanted - given)}, unknown {sorted(given - wanted)}")
    try:
        thresholds = {name: Threshold(**entry) for name, entry in table.items()}
    except TypeError as error:
        raise ThresholdsInvalid(f"{path}: {error}") from error
    unexplained = [name for name, t in thresholds.items() if not (t.origin and t.data)]
    if unexplained:
        raise ThresholdsInvalid(f"{path}: no origin or data for {unexplained}")
    return ThresholdSet(version=hashlib.sha256(content).hexdigest()[:12], thresholds=thresholds)
