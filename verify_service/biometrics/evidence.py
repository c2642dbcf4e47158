"""The values that travel through the eye, from the decoded clip to the assessment.

Frames are BGR because the detector and OpenCV are; moments are seconds on the clip's own timeline, so that picture and
sound can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.fingerprint.value import Fingerprint

Image = NDArray[np.uint8]
Vector = NDArray[np.float32]

Locale = Literal["zh", "en"]


class CheckResult(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Check:
    """One thing that was measured on a clip.

    `score` is None where nothing could be measured; such a check is never a pass. `limit` is the value that the score
    was held against; its direction is the check's own, told in the module that makes it. `reason` names why the check
    is not a pass, in a word of `reasons.py`; `model` names the manifest role that produced the score.
    """

    name: str
    result: CheckResult
    score: float | None = None
    limit: float | None = None
    reason: str | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        if self.result is CheckResult.PASS and self.score is None:
            raise ValueError(f"check {self.name} passes without a score: absence of evidence is never a pass")
        if self.score is not None and not np.isfinite(self.score):
            raise ValueError(f"check {self.name} has the score {self.score}")
        if self.result is not CheckResult.PASS and self.reason is None:
            raise ValueError(f"check {self.name} does not pass and names no reason")


@dataclass(frozen=True)
class Frame:
    """One upright picture of the clip: height × width × 3, BGR, 0–255; `at` in seconds."""

    at: float
    image: Image


@dataclass(frozen=True)
class Sound:
    """Mono samples at 16 kHz in −1…1. The first sample stands at `starts_at` seconds on the clip's timeline."""

    samples: Vector
    starts_at: float = 0.0
    rate_hz: int = 16_000

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True)
class Clip:
    """What the sandbox decoded: sampled frames in order of time, the sound if there is any, and the clip's length."""

    frames: tuple[Frame, ...]
    sound: Sound | None
    seconds: float


@dataclass(frozen=True)
class SpeechSpan:
    """A stretch of the clip, in seconds on its timeline, in which somebody speaks."""

    begins_at: float
    ends_at: float


@dataclass(frozen=True)
class Challenge:
    """What the person was asked to say: digits ("5831") or a sentence, in the locale in which it is spoken."""

    locale: Locale
    digits: str | None = None
    sentence: str | None = None

    def __post_init__(self) -> None:
        if (self.digits is None) == (self.sentence is None):
            raise ValueError("a challenge asks either digits or a sentence")
        if self.digits is not None and not (self.digits.isascii() and self.digits.isdigit()):
            raise ValueError("the digits of a challenge are the characters 0 to 9")


@dataclass(frozen=True)
class Template:
    """A face as the embedder sees it: a unit vector, and the sha256 of the model whose space it lies in."""

    vector: Vector
    model_sha256: str


@dataclass(frozen=True)
class Assessment:
    """Everything the machine measured on one clip. No judgement: that is `decision.policy`'s."""

    checks: tuple[Check, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)  # CPU seconds by stage
    models: Mapping[str, str] = field(default_factory=dict)  # role → sha256
    best_frame: bytes | None = None  # JPEG of the best frame, for the clerk who reviews
    fingerprint: Fingerprint | None = None  # by which the office finds the clip again; None where nothing was decoded
