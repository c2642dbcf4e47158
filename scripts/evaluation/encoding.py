"""Footage to a file, as a phone or an editor would write it."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import av
import numpy as np

from scripts.evaluation.footage import RATE_HZ, STEP_SECONDS, Footage

VIDEO_BASE = Fraction(1, 90_000)
QUARTER_TURN = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)  # tkhd's matrix: shown turned clockwise


@dataclass(frozen=True)
class Encoding:
    """`mp4` is H.264 with AAC, `webm` VP8 with Opus as Chromium writes it. `quality` is the CRF of H.264, 18 good to 40 poor.

    `turned`: the pictures are stored lying, and the file says so, as phones do (mp4 only).
    """

    container: Literal["mp4", "webm"] = "mp4"
    quality: int = 23
    preset: str = "ultrafast"
    turned: bool = False


def encode(footage: Footage, encoding: Encoding = Encoding()) -> bytes:
    """The file's bytes: the same footage and encoding, the same bytes. Footage without samples gets no track of sound."""
    target = io.BytesIO()
    with av.open(target, "w", format=encoding.container, options=_muxing(encoding)) as output:
        video = _video(output, footage, encoding)
        audio = _audio(output, encoding) if len(footage.samples) else None
        for index, image in enumerate(footage.images):
            upright = np.rot90(image) if encoding.turned else image
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(upright), format="bgr24")
            frame.pts, frame.time_base = round(index * STEP_SECONDS / VIDEO_BASE), VIDEO_BASE
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if audio is not None:
            _mux_sound(output, audio, footage)
    content = target.getvalue()
    return _with_matrix(content) if encoding.turned else content


def _muxing(encoding: Encoding) -> dict[str, str]:
    # Without it Matroska writes a random identity into each file.
    return {"fflags": "+bitexact"} if encoding.container == "webm" else {}


def _video(output: Any, footage: Footage, encoding: Encoding) -> Any:
    codec, options = "libx264", {"crf": str(encoding.quality), "preset": encoding.preset}
    if encoding.container == "webm":
        codec, options = "libvpx", {"deadline": "realtime", "cpu-used": "-8", "crf": "10", "b": "1M"}
    video = output.add_stream(codec, rate=Fraction(25, 2), options=options)
    width, height = footage.size
    video.width, video.height = (height, width) if encoding.turned else (width, height)
    video.pix_fmt, video.codec_context.time_base, video.codec_context.thread_count = "yuv420p", VIDEO_BASE, 1
    video.time_base = VIDEO_BASE
    return video


def _audio(output: Any, encoding: Encoding) -> Any:
    if encoding.container == "webm":
        audio = output.add_stream("libopus", rate=48_000)
    else:
        audio = output.add_stream("aac", rate=RATE_HZ, options={"aac_coder": "fast"})
    audio.layout = "mono"
    return audio


def _mux_sound(output: Any, audio: Any, footage: Footage) -> None:
    resampler = av.AudioResampler(audio.codec_context.format.name, "mono", audio.rate)
    sound = av.AudioFrame.from_ndarray(
        np.clip(footage.samples, -1.0, 1.0)[None].astype(np.float32), format="fltp", layout="mono"
    )
    sound.sample_rate = RATE_HZ
    for piece in [*resampler.resample(sound), *resampler.resample(None)]:
        output.mux(audio.encode(piece))
    output.mux(audio.encode(None))


def _with_matrix(clip: bytes) -> bytes:
    box = clip.index(b"tkhd") + 4
    at = box + (40 if clip[box] == 0 else 52)  # version 1 has times of 64 bits
    return clip[:at] + struct.pack(">9i", *QUARTER_TURN) + clip[at + 36 :]
