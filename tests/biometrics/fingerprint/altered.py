"""Copies of a clip as a cheat would make them: cut, mirrored, brighter, faster, with another sound; encoded for real."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
TIME_BASE = Fraction(1, 90_000)
RATE_HZ = 16_000


@dataclass(frozen=True)
class Footage:
    """A clip as arrays: pictures with their seconds, and mono sound at 16 kHz."""

    moments: tuple[float, ...]
    pictures: tuple[Picture, ...]
    sound: NDArray[np.float32]

    def with_pictures(self, change: Callable[[Picture], Picture]) -> Footage:
        return Footage(self.moments, tuple(change(picture) for picture in self.pictures), self.sound)

    def trimmed(self, begin: float, end: float) -> Footage:
        """Without what comes before `begin` and after `end`, in seconds."""
        kept = [i for i, at in enumerate(self.moments) if begin <= at <= end]
        sound = self.sound[round(begin * RATE_HZ) : round(end * RATE_HZ)]
        return Footage(tuple(self.moments[i] - begin for i in kept), tuple(self.pictures[i] for i in kept), sound)

    def faster(self, factor: float) -> Footage:
        samples = np.arange(int(len(self.sound) / factor)) * factor
        sound = np.interp(samples, np.arange(len(self.sound)), self.sound).astype(np.float32)
        return Footage(tuple(at / factor for at in self.moments), self.pictures, sound)

    def with_sound(self, sound: NDArray[np.float32]) -> Footage:
        return Footage(self.moments, self.pictures, sound[: len(self.sound)])


def read(path: Path) -> Footage:
    moments, pictures, sound = [], [], []
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0], container.streams.audio[0]):
            if isinstance(frame, av.VideoFrame):
                moments.append(frame.time or 0.0)
                pictures.append(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
            elif isinstance(frame, av.AudioFrame):
                sound += [each.to_ndarray()[0] for each in resampler.resample(frame)]
    return Footage(tuple(moments), tuple(pictures), np.concatenate(sound).astype(np.float32))


def encoded(footage: Footage, *, quality: int = 23) -> bytes:
    """As MP4 with H.264 (CRF `quality`) and AAC."""
    target = io.BytesIO()
    height, width = (length // 2 * 2 for length in footage.pictures[0].shape[:2])
    with av.open(target, "w", format="mp4") as output:
        video = output.add_stream("libx264", rate=25, options={"crf": str(quality), "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.time_base = video.codec_context.time_base = TIME_BASE
        audio = output.add_stream("aac", rate=RATE_HZ, layout="mono")
        for at, picture in zip(footage.moments, footage.pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="bgr24")
            frame.pts, frame.time_base = round(at / TIME_BASE), TIME_BASE
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        for begin in range(0, len(footage.sound), 1024):
            piece = av.AudioFrame.from_ndarray(footage.sound[None, begin : begin + 1024], format="fltp", layout="mono")
            piece.sample_rate, piece.pts, piece.time_base = RATE_HZ, begin, Fraction(1, RATE_HZ)
            output.mux(audio.encode(piece))
        output.mux(audio.encode(None))
    return target.getvalue()
