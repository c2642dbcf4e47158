"""Whether a measured rate meets a goal: yes, no, or too few trials to say."""

from __future__ import annotations

from scripts.evaluation.figures import Goal
from verify_service.evaluation.intervals import Rate, percent


def at_most(name: str, rate: Rate, wanted: float) -> Goal:
    """Met where the whole 95 % interval lies at or below `wanted` (a share), missed where all of it lies above."""
    met = True if rate.high <= wanted else False if rate.low > wanted else None
    return Goal(name, f"≤ {percent(wanted)} %", rate.text, met)


def at_least(name: str, rate: Rate, wanted: float) -> Goal:
    """Met where the whole 95 % interval lies at or above `wanted` (a share), missed where all of it lies below."""
    met = True if rate.low >= wanted else False if rate.high < wanted else None
    return Goal(name, f"≥ {percent(wanted)} %", rate.text, met)
