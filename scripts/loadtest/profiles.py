"""When phones come: open arrivals, at a rate that does not ask how the service fares."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass
from typing import Protocol

# A day in the office's peak months, May and November: hour, and how busy it is. People come after breakfast and after the
# midday rest, and nearly nobody at night. Made up in that shape; a district replaces it by its own counts.
PEAK_DAY = (
    (0, 0.0), (6, 0.1), (7, 0.4), (8, 1.2), (9, 2.6), (10, 3.0), (11, 2.2), (12, 0.9), (13, 0.6), (14, 1.2), (15, 2.3),
    (16, 2.2), (17, 1.4), (18, 0.9), (19, 1.0), (20, 0.8), (21, 0.4), (22, 0.1), (24, 0.0),
)  # fmt: skip


class Profile(Protocol):
    def rate_at(self, seconds: float) -> float:
        """Arrivals a second, `seconds` after the beginning."""
        ...

    @property
    def rate_max(self) -> float: ...


@dataclass(frozen=True)
class Constant:
    rate: float

    def rate_at(self, seconds: float) -> float:  # noqa: ARG002 - the same at any moment
        return self.rate

    @property
    def rate_max(self) -> float:
        return self.rate


@dataclass(frozen=True)
class Ramp:
    """From `begin` to `end` arrivals a second within `seconds`; then it stays."""

    begin: float
    end: float
    seconds: float

    def rate_at(self, seconds: float) -> float:
        share = min(1.0, max(0.0, seconds / self.seconds))
        return self.begin + share * (self.end - self.begin)

    @property
    def rate_max(self) -> float:
        return max(self.begin, self.end)


@dataclass(frozen=True)
class PeakDay:
    """A day of May or November, told in `seconds`: `busiest` arrivals a second in its busiest hour."""

    busiest: float
    seconds: float

    def rate_at(self, seconds: float) -> float:
        hour = 24 * min(1.0, max(0.0, seconds / self.seconds))
        top = max(level for _, level in PEAK_DAY)
        for (before, low), (after, high) in itertools.pairwise(PEAK_DAY):
            if hour <= after:
                return self.busiest / top * (low + (high - low) * (hour - before) / (after - before))
        return 0.0

    @property
    def rate_max(self) -> float:
        return self.busiest


def arrivals(profile: Profile, seconds: float, chance: random.Random) -> list[float]:
    """Moments of independent arrivals: a Poisson process, thinned to the profile (Lewis and Shedler 1979)."""
    moments: list[float] = []
    at = 0.0
    while profile.rate_max > 0:
        at += -math.log(1.0 - chance.random()) / profile.rate_max
        if at >= seconds:
            break
        if chance.random() * profile.rate_max < profile.rate_at(at):
            moments.append(at)
    return moments
