"""From FFmpeg's frame to an upright BGR picture of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from typing import cast

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideData
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import Interpolation, VideoReformatter

from ..evidence import Image
from .orientation import UPRIGHT, Turn, turn_of_angle, turn_of_matrix

# Report every damage that a decoder can see, and stop at it instead of concealing it (measured in test_decode.py).
STRICT = "crccheck+bitstream+buffer+explode"


@dataclass(frozen=True)
class Painter:
    """Scales and converts frames; one for a whole clip, because swscale's set-up costs as much as a small frame."""

    long_side_max: int
    pixels_max: int
    _reformatter: VideoReformatter = field(default_factory=VideoReformatter)

    def paint(self, frame: VideoFrame, turn: Turn) -> Image:
        """The frame as height × width × 3, BGR, 0–255, upright. A view whose pixels live as long as it does."""
        width, height = fitted(frame.width, frame.height, self.long_side_max, self.pixels_max)
        bgr = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgr24",
            interpolation=Interpolation.BILINEAR,
            threads=1,  # 0 would start one for each core, and starting a thread is death in the sandbox
        )
        return turn.upright(bgr.to_ndarray().astype(np.uint8, copy=False))


def fitted(width: int, height: int, long_side_max: int, pixels_max: int) -> tuple[int, int]:
    """The largest size of the same shape within both bounds, never larger than the frame itself."""
    scale = min(1.0, long_side_max / max(width, height), sqrt(pixels_max / (width * height)))
    # Rounded down, so that the area never steps over its bound.
    return max(1, int(width * scale)), max(1, int(height * scale))


def turn_of_frame(frame: VideoFrame) -> Turn:
    """How the container says that the frame is to be turned; mirrored front cameras included."""
    if not frame.rotation and not _mirrored(frame):
        return UPRIGHT
    matrix = _display_matrix(frame)
    return turn_of_matrix(matrix) if matrix else turn_of_angle(frame.rotation)


def _mirrored(frame: VideoFrame) -> bool:
    # An upside-down mirror has the angle 0, so the angle alone cannot tell that there is nothing to do.
    matrix = _display_matrix(frame)
    return matrix is not None and turn_of_matrix(matrix) != UPRIGHT


def _display_matrix(frame: VideoFrame) -> bytes | None:
    try:
        side_data = cast(Iterable[SideData], frame.side_data)  # PyAV's own stubs take it for a dictionary
        return next((bytes(data) for data in side_data if data.type is SideDataType.DISPLAYMATRIX), None)
    except ValueError:
        # PyAV 18.1 refuses to list side data of a kind that it has no name for (EXIF, stereo views).
        return None
