"""Clips made for tests: another sound laid over the picture of the talking man (media_talking_man). Synthetic, say so."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from numpy.typing import NDArray

FRAMES_PER_SECOND = 25
Container = Literal["mp4", "webm"]


def lay_over(picture: Path, samples: NDArray[np.float32], rate_hz: int, container: Container = "mp4") -> bytes:
    """A clip as long as the sound: the picture of the given clip from its start, again from its start where it is too short.

    H.264 with AAC in mp4, VP8 with Opus in webm.
    """
    codecs = {"mp4": ("libx264", "aac"), "webm": ("libvpx", "libopus")}[container]
    images = _images(picture, round(len(samples) / rate_hz * FRAMES_PER_SECOND))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        video: Any = output.add_stream(codecs[0], rate=FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt = images[0].shape[1], images[0].shape[0], "yuv420p"
        video.options = {"libx264": {"preset": "ultrafast"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}}[
            codecs[0]
        ]
        audio: Any = output.add_stream(codecs[1], rate=48_000)
        audio.layout = "mono"
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
            output.mux(video.encode(frame))
        output.mux(video.encode())
        resampler = av.AudioResampler(audio.codec_context.format.name, "mono", 48_000)
        sound = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="fltp", layout="mono")
        sound.sample_rate = rate_hz
        for piece in [*resampler.resample(sound), *resampler.resample(None)]:
            output.mux(audio.encode(piece))
        output.mux(audio.encode())
    return buffer.getvalue()


def _images(picture: Path, count: int) -> list[NDArray[np.uint8]]:
    with av.open(str(picture)) as container:
        images: list[NDArray[np.uint8]] = []
        for frame in container.decode(video=0):
            images.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
            if len(images) == count:
                return images
    return (images * (count // len(images) + 1))[:count]
