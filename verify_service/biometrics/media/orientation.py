"""Which way is up: the display matrix of a clip, the EXIF orientation of a photo, and the turn that both ask for."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ..evidence import Image

# JPEG: a segment with this name. PNG: a chunk, name then data. WebP: a chunk, name, four bytes of length, data.
EXIF_MARKS = ((b"Exif\x00\x00", 6), (b"eXIf", 4), (b"EXIF", 8))
ORIENTATION_TAG = 0x0112
EXIF_BYTES_MAX = 65_536  # what a JPEG segment can hold


@dataclass(frozen=True)
class Turn:
    """Transpose first, then mirror left-right, then top-bottom: all eight orientations are one of these."""

    transpose: bool = False
    mirror_columns: bool = False
    mirror_rows: bool = False

    def upright(self, image: Image) -> Image:
        """A view of the height × width × 3 image, turned upright; no pixel is copied."""
        if self.transpose:
            image = image.transpose(1, 0, 2)
        if self.mirror_columns:
            image = image[:, ::-1]
        if self.mirror_rows:
            image = image[::-1]
        return image


UPRIGHT = Turn()
# EXIF 2.32, tag 0x0112: the value names where row 0 and column 0 of the stored picture are seen.
EXIF_TURNS = {
    1: UPRIGHT,
    2: Turn(mirror_columns=True),
    3: Turn(mirror_columns=True, mirror_rows=True),
    4: Turn(mirror_rows=True),
    5: Turn(transpose=True),
    6: Turn(transpose=True, mirror_columns=True),
    7: Turn(transpose=True, mirror_columns=True, mirror_rows=True),
    8: Turn(transpose=True, mirror_rows=True),
}


def turn_of_matrix(matrix: bytes) -> Turn:
    """The turn of a display matrix (ISO/IEC 14496-12 §8.5.2: nine 32-bit numbers in this machine's byte order).

    A point (x, y) is shown at (a·x + c·y, b·x + d·y). Slanted matrices are taken for the nearest quarter turn.
    """
    if len(matrix) != 36:
        return UPRIGHT
    a, b, _, c, d = struct.unpack("=5i", matrix[:20])
    if abs(a) >= abs(b):
        return Turn(mirror_columns=a < 0, mirror_rows=d < 0)
    return Turn(transpose=True, mirror_columns=c < 0, mirror_rows=b < 0)


def turn_of_angle(degrees: int) -> Turn:
    """The turn for FFmpeg's angle, counter-clockwise degrees in −180…180, to the nearest quarter."""
    quarter = round(degrees / 90) % 4
    return {0: UPRIGHT, 1: EXIF_TURNS[8], 2: EXIF_TURNS[3], 3: EXIF_TURNS[6]}[quarter]


def turn_of_exif(content: bytes) -> Turn:
    """The turn that a photo's EXIF asks for; none where there is no EXIF, or none that can be read."""
    for mark, length in EXIF_MARKS:
        found = content.find(mark)
        if found >= 0:
            start = found + length
            return EXIF_TURNS.get(_orientation(content[start : start + EXIF_BYTES_MAX]), UPRIGHT)
    return UPRIGHT


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(min(count, 128)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * entry)
            if tag == ORIENTATION_TAG:
                return int(value)
    except struct.error:
        pass  # an EXIF block that lies about its offsets orients nothing
    return 1
