"""Make clips of clips for the demo and the tests: leave frames out, encode anew, crop. PyAV with libx264 and AAC."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
TIME_BASE = Fraction(1, 90_000)


class NoSuchFrame(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"the clip has no frame at {seconds} s")


@dataclass(frozen=True)
class Box:
    """A part of the picture in shares of its width and height, 0…1."""

    left: float
    top: float
    right: float
    bottom: float

    def of(self, image: Image) -> Image:
        height, width = image.shape[:2]
        # Even sizes, since yuv420p halves the colour.
        rows = slice(int(self.top * height) // 2 * 2, int(self.bottom * height) // 2 * 2)
        columns = slice(int(self.left * width) // 2 * 2, int(self.right * width) // 2 * 2)
        return image[rows, columns]


def frame_as_jpeg(clip: Path, seconds: float) -> bytes:
    """The first frame at or after `seconds`, as JPEG. Raises NoSuchFrame."""
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= seconds:
                done, encoded = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 95])
                assert done
                return encoded.tobytes()
    raise NoSuchFrame(seconds)


def _within(seconds: float | None, between: tuple[float, float]) -> bool:
    return between[0] <= (seconds or 0.0) < between[1]


def zoomed(image: Image, times: float) -> Image:
    """The picture enlarged, its sides even."""
    height, width = (int(side * times) // 2 * 2 for side in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _first_picture(clip: Path) -> Image:
    with av.open(str(clip)) as container:
        return np.asarray(next(container.decode(video=0)).to_ndarray(format="bgr24"), np.uint8)


def without_frames(clip: Path, seconds: float, margin: float = 0.15) -> bytes:
    """The clip encoded anew without the frames within `margin` of `seconds`; sound and all other moments stay."""
    return encode_anew(clip, keep=lambda at: abs(at - seconds) > margin)


def encode_anew(
    clip: Path,
    *,
    quality: int = 20,
    keep: Callable[[float], bool] = lambda _: True,
    change: Callable[[Image], Image] = lambda image: image,
    between: tuple[float, float] = (0.0, inf),
) -> bytes:
    """The clip as MP4 with H.264 (CRF `quality`) and AAC: frames that `keep` keeps by their moment, each through `change`.

    Of picture and sound only what lies `between` two moments, in seconds.
    """
    target = io.BytesIO()
    with av.open(str(clip)) as source, av.open(target, "w", format="mp4") as output:
        video_in, audio_in = source.streams.video[0], source.streams.audio[0]
        video = output.add_stream("libx264", rate=Fraction(video_in.average_rate or 25), options={"crf": str(quality)})
        audio = output.add_stream("aac", rate=audio_in.rate)
        video.pix_fmt, video.time_base = "yuv420p", TIME_BASE
        video.codec_context.time_base = TIME_BASE
        # Before anything is encoded: the first packet, of the sound perhaps, opens the picture's encoder as well.
        video.height, video.width = change(_first_picture(clip)).shape[:2]
        for frame in source.decode(video_in, audio_in):
            if not isinstance(frame, av.AudioFrame | av.VideoFrame) or not _within(frame.time, between):
                continue
            if isinstance(frame, av.AudioFrame):
                assert frame.pts is not None
                assert frame.time_base is not None
                frame.pts -= round(between[0] / frame.time_base)
                output.mux(audio.encode(frame))
            elif keep(frame.time or 0.0):
                image = np.ascontiguousarray(change(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)))
                changed = av.VideoFrame.from_ndarray(image, format="bgr24")
                changed.pts, changed.time_base = round(((frame.time or 0.0) - between[0]) / TIME_BASE), TIME_BASE
                output.mux(video.encode(changed))
        output.mux(video.encode(None))
        output.mux(audio.encode(None))
    return target.getvalue()
