"""The same scene longer, larger, or with more frames a second: to see what a clip's cost depends on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
AUDIO_FRAME = 1024  # samples that AAC takes at a time


@dataclass(frozen=True)
class Variant:
    """What a made clip is like. The scene fills the picture: enlarged, and cut where its shape differs."""

    seconds: float
    width: int
    height: int
    rate_hz: int

    @property
    def key(self) -> str:
        return f"{self.seconds:g}s-{self.width}x{self.height}-{self.rate_hz}"


def make(clip: Path, variant: Variant) -> bytes:
    """An MP4 (H.264 CRF 23, AAC) of the clip played from its beginning again and again. Raises IndexError without sound."""
    images, moments, samples, sound_rate_hz = _read(clip)
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as output:
        video = output.add_stream("libx264", rate=variant.rate_hz, options={"crf": "23", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = variant.width, variant.height, "yuv420p"
        audio = output.add_stream("aac", rate=sound_rate_hz, layout="mono")
        for index, source in enumerate(nearest(moments, variant)):
            picture = av.VideoFrame.from_ndarray(filled(images[source], variant.width, variant.height), format="bgr24")
            picture.pts, picture.time_base = index, Fraction(1, variant.rate_hz)
            output.mux(video.encode(picture))
        output.mux(video.encode(None))
        for begin, block in _blocks(samples, round(variant.seconds * sound_rate_hz)):
            frame = av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
            frame.pts, frame.sample_rate, frame.time_base = begin, sound_rate_hz, Fraction(1, sound_rate_hz)
            output.mux(audio.encode(frame))
        output.mux(audio.encode(None))
    return target.getvalue()


def nearest(moments: NDArray[np.float64], variant: Variant) -> list[int]:
    """For each frame of the variant the frame of the scene that is shown at its moment; the scene begins anew at its end."""
    step = float(np.diff(moments).mean()) if len(moments) > 1 else 1.0
    length = float(moments[-1]) + step
    # A thousandth of grace: moments are sums of rounded fractions.
    wanted = (np.arange(round(variant.seconds * variant.rate_hz)) / variant.rate_hz + 1e-3) % length
    return [int(i) for i in np.maximum(0, np.searchsorted(moments, wanted, side="right") - 1)]


def filled(image: Image, width: int, height: int) -> Image:
    """The picture scaled until it covers width × height, and its middle cut out."""
    scale = max(width / image.shape[1], height / image.shape[0])
    size = (max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale)))
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)


def _read(clip: Path) -> tuple[list[Image], NDArray[np.float64], NDArray[np.float32], int]:
    images, moments, sound = [], [], []
    with av.open(str(clip)) as source:
        video, audio = source.streams.video[0], source.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=audio.rate)
        for frame in source.decode(video, audio):
            if isinstance(frame, av.AudioFrame):
                sound += [resampled.to_ndarray().reshape(-1) for resampled in resampler.resample(frame)]
            elif isinstance(frame, av.VideoFrame):
                images.append(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
                moments.append(float(frame.time or 0.0))
        rate_hz = int(audio.rate)
    return images, np.array(moments) - moments[0], np.concatenate(sound).astype(np.float32), rate_hz


def _blocks(samples: NDArray[np.float32], count: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    whole = np.fromiter(islice(cycle(samples), count), np.float32, count)
    for begin in range(0, count, AUDIO_FRAME):
        yield begin, whole[begin : begin + AUDIO_FRAME]
