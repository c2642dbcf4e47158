"""Rates over a district's own clips. Where there is nothing to count there is no rate, and None says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from verify_service.evaluation.intervals import Rate, bootstrap_rate
from verify_service.evaluation.rates import failure_to_acquire_rate, false_match_rate, false_non_match_rate

# The checks that stand against somebody who is not there: the PAD subsystem of ISO/IEC 30107-3, whose errors make the BPCER.
PRESENCE_CHECKS = frozenset({"lips", "motion", "same_person", "lip_sound", "presentation"})
EVERYBODY = "all"


@dataclass(frozen=True)
class Seen:
    """What the service said to one clip. `genuine` is its score against its own person's references, None where it has no
    usable face; `impostor` those against everybody else's. `passed` and `failed` are names of checks."""

    person: int
    groups: tuple[str, ...]
    outcome: str
    reasons: tuple[str, ...]
    passed: frozenset[str]
    failed: frozenset[str]
    genuine: float | None
    impostor: tuple[float, ...]


@dataclass(frozen=True)
class OwnRates:
    """`acquired`: for each reference photo whether it could be used. `limit`: the comparison score in force."""

    seen: Sequence[Seen]
    acquired: Sequence[bool]
    limit: float
    seed: int

    @property
    def genuine(self) -> list[float]:
        return [one.genuine for one in self.seen if one.genuine is not None]

    @property
    def impostor(self) -> list[float]:
        return [score for one in self.seen for score in one.impostor]

    @property
    def reference_fta(self) -> Rate:
        return failure_to_acquire_rate(self.acquired)

    @property
    def clip_fta(self) -> Rate | None:
        return failure_to_acquire_rate([one.genuine is not None for one in self.seen]) if self.seen else None

    @property
    def fmr(self) -> Rate | None:
        return false_match_rate(self.impostor, self.limit) if self.impostor else None

    @property
    def fnmr(self) -> Rate | None:
        """With an interval over people: one person's clips resemble each other."""
        compared = [one for one in self.seen if one.genuine is not None]
        if not compared:
            return None
        rate = false_non_match_rate(self.genuine, self.limit)
        # Counted by the rate; the bootstrap needs to know which, and counts the same way.
        refused = [false_non_match_rate([score], self.limit).hits for score in self.genuine]
        return rate.within(bootstrap_rate(refused, [one.person for one in compared], self._rng()))

    def groups(self) -> dict[str, list[Seen]]:
        """Everybody first, then the groups by name. A clip may be in several, and a group is never empty."""
        groups = {EVERYBODY: list(self.seen)} if self.seen else {}
        for name in sorted({group for one in self.seen for group in one.groups}):
            groups[name] = [one for one in self.seen if name in one.groups]
        return groups

    def of(self, members: Sequence[Seen]) -> dict[str, Rate]:
        """The rates of a group, at least one clip, one attempt each."""
        return {
            "confirmed": self._rate(members, (one.outcome == "confirmed" for one in members)),
            "asked_again": self._rate(members, (one.outcome == "retry" for one in members)),
            "to_a_person": self._rate(members, (one.outcome == "in_review" for one in members)),
            "words_heard": self._rate(members, ("challenge" in one.passed for one in members)),
            # A presence check that could not be measured is no error of it: the clip's fault has a reason of its own.
            "bpcer": self._rate(members, (not PRESENCE_CHECKS.isdisjoint(one.failed) for one in members)),
        }

    def reasons(self, members: Sequence[Seen]) -> Counter[str]:
        return Counter(reason for one in members for reason in one.reasons)

    def _rate(self, members: Sequence[Seen], hits: Iterable[bool]) -> Rate:
        counted = list(hits)
        interval = bootstrap_rate(counted, [one.person for one in members], self._rng())
        return Rate.of(sum(counted), len(counted)).within(interval)

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)
