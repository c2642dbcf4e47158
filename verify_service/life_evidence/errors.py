"""What cannot be evidence of life."""

from __future__ import annotations

from datetime import date


class LifeEvidenceError(Exception):
    """Something cannot be taken as evidence of life."""


class ObservedInFuture(LifeEvidenceError):
    def __init__(self, observed_on: date) -> None:
        self.observed_on = observed_on
        super().__init__(f"nobody can have been seen alive on {observed_on}: that day is still to come")
