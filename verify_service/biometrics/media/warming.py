"""Touch every part of FFmpeg that a job will use, once, before the first fork: tables and lazy imports are then shared."""

from __future__ import annotations

import importlib
import pkgutil
from fractions import Fraction

import av
import numpy as np
from av import AudioFrame, VideoFrame

from .facts import AUDIO_CODECS, VIDEO_CODECS
from .orientation import UPRIGHT
from .picture import Painter
from .sound import SoundTrack

PROGRAMS = ("__main__", "datasets")  # a command line and a downloader


def warm_up() -> None:
    """Import what PyAV imports late, open each decoder, scale one picture, resample one sound.

    Made of nothing that came from outside. A confined child can import nothing any more, so what is missed here would fail there.
    """
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith(PROGRAMS):
            importlib.import_module(module.name)
    for name in (*VIDEO_CODECS, *AUDIO_CODECS, "mjpeg", "png", "webp"):
        context = av.CodecContext.create(name, "r")
        context.thread_count = 1
        if name not in AUDIO_CODECS:  # these want their header first
            context.open()
    Painter(long_side_max=64, pixels_max=64 * 64).paint(VideoFrame(128, 128, "yuv420p"), UPRIGHT)
    track = SoundTrack(rate_hz=16_000, seconds_max=1.0)
    track.add(_silence())
    track.samples()


def _silence() -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), "fltp", "mono")
    frame.rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
    return frame
