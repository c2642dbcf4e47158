"""Why a figure cannot be given. Absence of evidence has no rate."""

from __future__ import annotations


class EvaluationError(Exception):
    """A figure cannot be computed from what was given."""


class NoTrials(EvaluationError):
    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"no {what}: a rate over nothing is undefined")


class NotANumber(EvaluationError):
    def __init__(self, what: str, count: int) -> None:
        self.what, self.count = what, count
        super().__init__(f"{count} of the {what} are not numbers; a missing score is a failure to acquire, not a score")


class OutOfRange(EvaluationError):
    def __init__(self, what: str, value: float, range_: str) -> None:
        self.what, self.value, self.range = what, value, range_
        super().__init__(f"{what} is {value}, and must lie in {range_}")


class LengthsDiffer(EvaluationError):
    def __init__(self, what: str, lengths: tuple[int, ...]) -> None:
        self.what, self.lengths = what, lengths
        super().__init__(f"{what} must be of one length, and are of {lengths}")
