"""From FFmpeg's frame to an upright BGR picture of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import cast

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideData
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import Interpolation, VideoReformatter

from ..evidence import Image
from .orientation import Turn, turn_of_angle, turn_of_matrix

# Report every damage that a decoder can see, and stop at it instead of concealing it (measured in test_decode.py).
STRICT = "crccheck+bitstream+buffer+explode"


class Painter:
    """Scales, converts and turns a clip's frames; one for the whole clip, because setting up swscale costs as much as a frame."""

    def __init__(self, long_side_max: int, pixels_max: int) -> None:
        self._long_side_max, self._pixels_max = long_side_max, pixels_max
        self._reformatter = VideoReformatter()
        self._turns: dict[int, Turn] = {}

    def paint(self, frame: VideoFrame, turn: Turn | None = None) -> Image:
        """The frame as height × width × 3, BGR, 0–255, upright; turned as the container says where no turn is given."""
        width, height = fitted(frame.width, frame.height, self._long_side_max, self._pixels_max)
        bgr = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgr24",
            interpolation=Interpolation.AREA,
            threads=1,  # 0 would start one for each core, and starting a thread is death in the sandbox
        )
        return (turn or self._turn(frame)).upright(bgr.to_ndarray().astype(np.uint8, copy=False))

    def _turn(self, frame: VideoFrame) -> Turn:
        # Remembered, because looking into a frame's side data ties the frame into a cycle, and 4 MB of picture then
        # wait for the garbage collector. The matrix is the container's: with the same angle it is the same.
        if frame.rotation not in self._turns:
            self._turns[frame.rotation] = turn_of_frame(frame)
        return self._turns[frame.rotation]


def fitted(width: int, height: int, long_side_max: int, pixels_max: int) -> tuple[int, int]:
    """The largest size of the same shape within both bounds, never larger than the frame itself."""
    scale = min(1.0, long_side_max / max(width, height), sqrt(pixels_max / (width * height)))
    if scale == 1.0:
        return width, height
    # Down, so that the area never steps over its bound; to even numbers, because swscale takes thrice as long for odd ones.
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def padded(pixels_max: int) -> int:
    """The cap for libavcodec, which counts the padding of its rows too: a portrait of 2160 columns has 2176 there."""
    return 2 * pixels_max


def turn_of_frame(frame: VideoFrame) -> Turn:
    """How the container says that the frame is to be turned; front cameras' mirrors included, which have no angle."""
    matrix = _display_matrix(frame)
    return turn_of_matrix(matrix) if matrix else turn_of_angle(frame.rotation)


def _display_matrix(frame: VideoFrame) -> bytes | None:
    try:
        side_data = cast(Iterable[SideData], frame.side_data)  # PyAV's own stubs take it for a dictionary
        return next((bytes(data) for data in side_data if data.type is SideDataType.DISPLAYMATRIX), None)
    except ValueError:
        # PyAV 18.1 refuses to list side data of a kind that it has no name for (EXIF, stereo views).
        return None
