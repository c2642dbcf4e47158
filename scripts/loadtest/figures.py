"""From what phones noted to what an operator asks: how many, how fast, which errors, against the figures of TRUST K4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scripts.loadtest.plan import Event
from scripts.loadtest.watch import Sample

ACKNOWLEDGE_SECONDS_P95_MAX, DECISION_SECONDS_P95_MAX = 0.3, 30.0  # design notes TRUST, K4
GOOD, BUSY = frozenset({200, 201, 202}), frozenset({429, 503})
COUNT_MIN = 20  # below, a 95th percentile is the slowest one or two, and says nothing


@dataclass(frozen=True)
class Spread:
    """Seconds: median, 95th and 99th percentile, of so many."""

    count: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class PhaseFigures:
    """One phase. `codes`: answers by kind of call and status. `outcomes`: what decisions said."""

    name: str
    offered_per_second: float
    seconds: float
    arrived: int
    acknowledged: int
    decided: int
    clips_per_second: float
    acknowledge: Spread | None
    decision: Spread | None
    codes: dict[str, dict[int, int]]
    outcomes: dict[str, int]
    beside: dict[str, int]

    @property
    def errors(self) -> dict[str, int]:
        """Answers that are neither as wished nor "busy": by call and status; status 0 is a broken connection."""
        return {
            f"{kind} {code}": count
            for kind, codes in self.codes.items()
            for code, count in codes.items()
            if code not in GOOD | BUSY
        }

    @property
    def busy(self) -> dict[str, int]:
        return {
            f"{kind} {code}": count
            for kind, codes in self.codes.items()
            for code, count in codes.items()
            if code in BUSY
        }


def spread(seconds: Sequence[float]) -> Spread | None:
    """None of none: a percentile of nothing is not 0."""
    if not seconds:
        return None
    p50, p95, p99 = (float(np.percentile(np.asarray(seconds), q)) for q in (50, 95, 99))
    return Spread(len(seconds), p50, p95, p99)


def phase_figures(name: str, events: Sequence[Event], moments: Sequence[float], seconds: float) -> PhaseFigures:
    """`moments` are the planned arrivals within `seconds`."""
    acknowledged = [e for e in events if e.kind == "acknowledge" and e.code == 202]
    decisions = [e for e in events if e.kind == "decision"]
    codes: dict[str, dict[int, int]] = {}
    for event in events:
        if event.code is not None:
            by_code = codes.setdefault(event.kind, {})
            by_code[event.code] = by_code.get(event.code, 0) + 1
    return PhaseFigures(
        name=name,
        offered_per_second=len(moments) / seconds,
        seconds=seconds,
        arrived=len(moments),
        acknowledged=len(acknowledged),
        decided=len(decisions),
        clips_per_second=throughput([e.at for e in decisions]),
        acknowledge=spread([e.seconds for e in acknowledged]),
        decision=spread([e.seconds for e in decisions]),
        codes=codes,
        outcomes=dict(Counter(e.outcome for e in decisions)),
        beside=dict(Counter(e.kind for e in events if e.kind in ("abandoned", "torn", "left", "nobody_left"))),
    )


def throughput(moments: Sequence[float]) -> float:
    """Events a second between the first and the last; 0 for fewer than two."""
    ordered = sorted(moments)
    length = ordered[-1] - ordered[0] if len(ordered) > 1 else 0.0
    return (len(ordered) - 1) / length if length else 0.0


def faults(sustained: PhaseFigures, overload: PhaseFigures) -> list[str]:
    """What does not hold of K4, in sentences; empty where all holds. Where nothing was measured, nothing holds."""
    found = []
    for phase in (sustained, overload):
        found += [f"{phase.name}: {count} × {what}" for what, count in phase.errors.items()]
    found += [f"{sustained.name}: busy at the sustained rate, {count} × {w}" for w, count in sustained.busy.items()]
    found += _too_slow("acknowledge", sustained.acknowledge, ACKNOWLEDGE_SECONDS_P95_MAX)
    found += _too_slow("decision", sustained.decision, DECISION_SECONDS_P95_MAX)
    if not overload.acknowledged:
        found.append(f"{overload.name}: no clip was taken")
    return found


def _too_slow(what: str, measured: Spread | None, limit: float) -> list[str]:
    if measured is None or measured.count < COUNT_MIN:
        return [f"{what}: {measured.count if measured else 0} measured, too few for a 95th percentile"]
    return [f"{what}: p95 {measured.p95:.2f} s, limit {limit:g} s"] if measured.p95 >= limit else []


def memory_growth(samples: Sequence[Sample]) -> float:
    """Share by which the last tenth's memory is above that of the middle; 0 for too few samples."""
    if len(samples) < 20:
        return 0.0
    whole = [s.whole for s in samples]
    tenth, middle = len(whole) // 10, len(whole) // 2
    before, after = np.median(whole[middle - tenth : middle + tenth]), np.median(whole[-tenth:])
    return float(after / before - 1)
