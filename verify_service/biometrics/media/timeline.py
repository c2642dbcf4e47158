"""When each picture is shown, and which pictures are kept."""

from __future__ import annotations

from math import isfinite
from typing import Protocol

from av import VideoFrame

from ..evidence import Image, Vector
from .caps import Sampling
from .errors import Damage, Unreadable
from .picture import Painter

TIME_SLACK_SECONDS = 0.005  # a frame this little before its turn is taken


class Sink(Protocol):
    """Where the pictures and the sound go."""

    def frame(self, at: float, image: Image) -> None: ...

    def sound(self, starts_at: float, samples: Vector) -> None: ...


class Clock:
    """Reads the frames' times. They alone count: declared rates and durations are wrong in what browsers record."""

    def __init__(self) -> None:
        self.begins_at: float | None = None
        self.frames = 0
        self._last = 0.0

    def tick(self, frame: VideoFrame) -> float:
        """The frame's moment in seconds after the first. Raises Unreadable where time is missing or runs backwards."""
        if frame.pts is None or not isfinite(frame.time):
            raise Unreadable(Damage.TIMESTAMPS)
        if self.begins_at is None:
            self.begins_at = frame.time
        at = frame.time - self.begins_at
        if at < self._last:
            raise Unreadable(Damage.TIMESTAMPS)
        self._last = at
        self.frames += 1
        return at

    @property
    def seconds(self) -> float:
        """The picture's length: the last frame is shown as long as the mean of those before. One frame lasts nothing."""
        return self._last * self.frames / (self.frames - 1) if self.frames > 1 else 0.0


class Sampler:
    """Keeps the first frame at or after each beat of the analysis rate; only kept frames are converted."""

    def __init__(self, sampling: Sampling, sink: Sink) -> None:
        self._sampling, self._sink = sampling, sink
        self._painter = Painter(sampling.long_side_max, sampling.pixels_max)
        self._kept = 0
        self._next_beat = 0

    def offer(self, at: float, frame: VideoFrame) -> None:
        beat = (at + TIME_SLACK_SECONDS) * self._sampling.rate_hz
        if beat < self._next_beat or self._kept >= self._sampling.frames_max:
            return
        self._next_beat = int(beat) + 1
        self._kept += 1
        self._sink.frame(at, self._painter.paint(frame))
