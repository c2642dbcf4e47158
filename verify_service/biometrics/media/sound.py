"""One mono track at the rate that speech models want, with its place on the picture's timeline."""

from __future__ import annotations

from errno import EAGAIN
from math import isfinite

import numpy as np
from av import AudioFrame, FFmpegError
from av.filter import Graph

from ..evidence import Vector
from .errors import Damage, Unreadable

# A recorder that drops a packet leaves a hole of at least one (20 to 64 ms). Smaller steps are rounding: WebM counts
# in milliseconds.
GAP_SECONDS_MIN = 0.03


class _Resampler:
    """FFmpeg's own resampler. PyAV's `AudioResampler` would do, but its graph starts a pool of threads.

    Frames wait in the graph and come out together, a second at a time: asked for one by one, a thousand frames of 21 ms
    cost more in Python (0.3 s) than in arithmetic.
    """

    def __init__(self, like: AudioFrame, rate_hz: int) -> None:
        self._like = _shape(like)
        self._graph = Graph()
        self._graph.threads = 1
        source = self._graph.add(
            "abuffer",
            sample_rate=str(like.sample_rate),
            sample_fmt=like.format.name,
            channel_layout=like.layout.name,
            time_base=str(like.time_base),
        )
        # Two equal channels shall be as loud as one: without the bound FFmpeg sums floats to 1.41 of it, and speech clips.
        mixer = self._graph.add("aresample", rematrix_maxval="1.0")
        form = self._graph.add("aformat", sample_rates=str(rate_hz), sample_fmts="flt", channel_layouts="mono")
        gatherer = self._graph.add("asetnsamples", n=str(rate_hz), p="0")
        self._graph.link_nodes(source, mixer, form, gatherer, self._graph.add("abuffersink")).configure()

    def fits(self, frame: AudioFrame) -> bool:
        return _shape(frame) == self._like

    def push(self, frame: AudioFrame) -> None:
        self._graph.push(frame)

    def samples(self) -> list[Vector]:
        """All that went in, resampled. Ends the resampler."""
        self._graph.push(None)
        ready: list[Vector] = []
        while True:
            try:
                resampled = self._graph.pull()
            except EOFError:
                return ready
            except FFmpegError as error:
                if error.errno == EAGAIN:
                    return ready
                raise
            assert isinstance(resampled, AudioFrame)
            ready.append(resampled.to_ndarray().reshape(-1).astype(np.float32, copy=False))


def _shape(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


class SoundTrack:
    """Gathers a clip's sound frame by frame; holes in its time become silence, so that samples stay where they were heard."""

    def __init__(self, rate_hz: int, seconds_max: float) -> None:
        self._rate_hz, self._seconds_max = rate_hz, seconds_max
        self._resampler: _Resampler | None = None
        self._chunks: list[Vector] = []
        self._heard_seconds = 0.0
        self.starts_at: float | None = None

    @property
    def is_full(self) -> bool:
        return self._heard_seconds > self._seconds_max

    def add(self, frame: AudioFrame) -> None:
        """Raises Unreadable where the frame has no time. Does nothing once the track is as long as it may be."""
        if frame.time is None or not isfinite(frame.time) or not frame.sample_rate:
            raise Unreadable(Damage.TIMESTAMPS)
        if self.starts_at is None:
            self.starts_at = frame.time
        if self.is_full:
            return
        hole = frame.time - self.starts_at - self._heard_seconds
        if hole > GAP_SECONDS_MIN:
            self._be_silent(min(hole, self._seconds_max))
        if self._resampler is None or not self._resampler.fits(frame):
            self._flush()
            self._resampler = _Resampler(frame, self._rate_hz)
        self._resampler.push(frame)
        self._heard_seconds += frame.samples / frame.sample_rate

    def samples(self) -> Vector:
        """All samples, in −1…1. The sound of a decoder may overshoot a little: it is clipped as a loudspeaker would."""
        self._flush()
        if not self._chunks:
            return np.zeros(0, np.float32)
        bound = int(self._seconds_max * self._rate_hz)
        return np.clip(np.concatenate(self._chunks)[:bound], -1.0, 1.0)

    def _be_silent(self, seconds: float) -> None:
        self._flush()
        self._chunks.append(np.zeros(round(seconds * self._rate_hz), np.float32))
        self._heard_seconds += seconds

    def _flush(self) -> None:
        if self._resampler is not None:
            self._chunks += self._resampler.samples()
            self._resampler = None
