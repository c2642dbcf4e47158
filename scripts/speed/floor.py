"""What a clip cannot cost less than, with these models: bare decoding, and the bare model calls on the inputs used."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from scripts.speed.clips import Measured
from scripts.speed.cost import Cost, cheapest, least, look
from scripts.speed.recording import recording
from verify_service.biometrics.evidence import Clip, Template
from verify_service.biometrics.pipeline import Eye

DECODE = "decode"
MOMENT_SLACK_SECONDS = 1e-4


@dataclass(frozen=True)
class Floor:
    """CPU seconds by part, each the least of several runs, and how often each model was called."""

    seconds: Mapping[str, float]
    calls: Mapping[str, int]

    @property
    def whole(self) -> float:
        return sum(self.seconds.values())


def cost_and_floor(eye: Eye, measured: Measured, references: Sequence[Template], times: int) -> tuple[Cost, Floor]:
    """Let the eye look once while its models' inputs are recorded; then look, decode and call, bare, in turns.

    In turns, so that whatever else the machine does falls on both alike; of each part the cheapest of `times` counts.
    """
    # A look before, not recorded: what the eye keeps from clip to clip (a sentence's likelihood unheard) is kept by then.
    look(eye, measured, references)
    with recording(eye) as tape:
        eye.assess(measured.content, references, measured.challenge, leave_out=measured.leave_out)
    clip = eye.sandbox.clip(measured.content).clip
    costs: list[Cost] = []
    floors: list[dict[str, float]] = []
    for _ in range(times):
        costs.append(look(eye, measured, references))
        floors.append({DECODE: _decode_seconds(measured.content, clip), **tape.replay()})
    return cheapest(costs), Floor(least(floors), tape.counts())


def _decode_seconds(content: bytes, clip: Clip) -> float:
    moments = np.array([frame.at for frame in clip.frames])
    height, width = clip.frames[0].image.shape[:2]
    begun = time.process_time()
    bare_decode(content, moments, (width, height))
    return time.process_time() - begun


def bare_decode(content: bytes, moments: np.ndarray[tuple[int], np.dtype[np.float64]], size: tuple[int, int]) -> int:
    """Decode both tracks with one thread, convert the frames shown at `moments` to BGR of this size, the sound to 16 kHz.

    No sandbox, no check of anything. Returns how many frames were converted; the caller expects one a moment.
    """
    painter, converted, begins_at = VideoReformatter(), 0, None
    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000, frame_size=16_000)
    with av.open(io.BytesIO(content), "r") as container:
        tracks = [*container.streams.video[:1], *container.streams.audio[:1]]
        for track in tracks:
            track.codec_context.thread_count = 1
        for frame in container.decode(tracks):
            if isinstance(frame, av.AudioFrame):
                for resampled in resampler.resample(frame):
                    resampled.to_ndarray()
            elif isinstance(frame, av.VideoFrame):
                begins_at = frame.time if begins_at is None else begins_at
                if np.any(np.abs(moments - (frame.time - begins_at)) < MOMENT_SLACK_SECONDS):
                    painter.reformat(
                        frame, *size, format="bgr24", interpolation=Interpolation.AREA, threads=1
                    ).to_ndarray()
                    converted += 1
    return converted
