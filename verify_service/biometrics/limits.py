"""The limits that the eye is given. Their values, with origin and date, stand in `decision/thresholds.toml` and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """One field a limit; the name tells quantity, unit and direction. Every stage takes this value and reads its own fields.

    A score equal to its limit passes.
    """

    clip_seconds_min: float
    clip_seconds_max: float
    comparison_similarity_min: float
