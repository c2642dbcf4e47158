"""What the eye spends on a clip: CPU seconds by stage, of this process and of the decoding child."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scripts.speed.clips import Measured
from verify_service.biometrics.evidence import Template
from verify_service.biometrics.media.sandbox import DecodedClip, DecodeSandbox
from verify_service.biometrics.pipeline import Eye

# What no stage counts: cutting out moments, the JPEG for the clerk, building the assessment.
BESIDE_STAGES = "beside"


@dataclass(frozen=True)
class Cost:
    """CPU seconds by stage; `failed` names the checks that did not pass, since a clip given up early is cheap."""

    seconds: Mapping[str, float]
    failed: tuple[str, ...]

    @property
    def whole(self) -> float:
        return sum(self.seconds.values())


class _CountedSandbox(DecodeSandbox):
    """The eye's own sandbox, and what its last child cost."""

    def __init__(self, inner: DecodeSandbox) -> None:
        self._inner = inner
        self.child_seconds = 0.0

    def clip(self, content: bytes) -> DecodedClip:
        done = self._inner.clip(content)
        self.child_seconds = done.cpu_seconds
        return done


def references_of(eye: Eye, measured: Measured) -> list[Template]:
    return [eye.embed(measured.reference)]


def cost_of(eye: Eye, measured: Measured, references: Sequence[Template], times: int) -> Cost:
    """The cheapest of `times` looks, stage by stage, after one that is not counted."""
    look(eye, measured, references)
    return cheapest([look(eye, measured, references) for _ in range(times)])


def cheapest(costs: Sequence[Cost]) -> Cost:
    """Each stage at its cheapest: what others do on the machine makes a stage dearer, and never cheaper."""
    return Cost(least([cost.seconds for cost in costs]), costs[-1].failed)


def least(several: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The least of each part. Raises ValueError for none."""
    if not several:
        raise ValueError("there is no least of nothing")
    return {
        part: min(seconds[part] for seconds in several if part in seconds) for seconds in several for part in seconds
    }


def look(eye: Eye, measured: Measured, references: Sequence[Template]) -> Cost:
    """One look."""
    sandbox = _CountedSandbox(eye.sandbox)
    counted = replace(eye, sandbox=sandbox)
    begun = time.process_time()
    assessment = counted.assess(measured.content, references, measured.challenge, leave_out=measured.leave_out)
    whole = time.process_time() - begun + sandbox.child_seconds
    stages = dict(assessment.seconds)
    stages[BESIDE_STAGES] = max(0.0, whole - sum(stages.values()))
    return Cost(stages, tuple(c.name for c in assessment.checks if c.result != "pass"))
