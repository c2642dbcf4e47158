from __future__ import annotations

import struct

import numpy as np
import pytest

from verify_service.biometrics.media.orientation import (
    EXIF_TURNS,
    UPRIGHT,
    Turn,
    turn_of_angle,
    turn_of_exif,
    turn_of_matrix,
)

# An upright picture of two rows and three columns; the red channel numbers the pixels.
UPRIGHT_PICTURE = np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2)
# EXIF 2.32: how the same picture lies in the file for each value of the tag.
STORED = {
    1: [[0, 1, 2], [3, 4, 5]],
    2: [[2, 1, 0], [5, 4, 3]],
    3: [[5, 4, 3], [2, 1, 0]],
    4: [[3, 4, 5], [0, 1, 2]],
    5: [[0, 3], [1, 4], [2, 5]],
    6: [[2, 5], [1, 4], [0, 3]],
    7: [[5, 2], [4, 1], [3, 0]],
    8: [[3, 0], [4, 1], [5, 2]],
}


def stored(orientation: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.array(STORED[orientation], np.uint8)[:, :, None].repeat(3, axis=2)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(orientation: int) -> None:
    assert np.array_equal(EXIF_TURNS[orientation].upright(stored(orientation)), UPRIGHT_PICTURE)


@pytest.mark.parametrize(
    ("matrix", "orientation"),
    [
        ((1, 0, 0, 1), 1),
        ((-1, 0, 0, 1), 2),
        ((-1, 0, 0, -1), 3),
        ((1, 0, 0, -1), 4),
        ((0, 1, 1, 0), 5),
        ((0, 1, -1, 0), 6),
        ((0, -1, -1, 0), 7),
        ((0, -1, 1, 0), 8),
    ],
)
def test_a_display_matrix_and_the_exif_value_of_the_same_turn_agree(matrix: tuple[int, ...], orientation: int) -> None:
    a, b, c, d = (number * 0x10000 for number in matrix)

    turn = turn_of_matrix(struct.pack("=9i", a, b, 0, c, d, 0, 0, 0, 1 << 30))

    assert np.array_equal(turn.upright(stored(orientation)), UPRIGHT_PICTURE)


@pytest.mark.parametrize(("degrees", "orientation"), [(0, 1), (-90, 6), (90, 8), (180, 3), (-180, 3), (-89, 6), (3, 1)])
def test_ffmpegs_angle_is_counter_clockwise(degrees: int, orientation: int) -> None:
    assert np.array_equal(turn_of_angle(degrees).upright(stored(orientation)), UPRIGHT_PICTURE)


def tiff(orientation: int, order: str = "<") -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(f"{order}HHIHH", 0x010F, 3, 1, 7, 0) + struct.pack(
        f"{order}HHIHH", 0x0112, 3, 1, orientation, 0
    )
    return mark + struct.pack(f"{order}HIH", 42, 8, 2) + entries + b"\x00" * 4


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("prefix", [b"Exif\x00\x00", b"eXIf", b"EXIF\x30\x00\x00\x00"], ids=["JPEG", "PNG", "WebP"])
def test_exif_is_found_in_the_three_kinds_of_photo(prefix: bytes, order: str) -> None:
    assert turn_of_exif(b"whatever stands before" + prefix + tiff(6, order)) == EXIF_TURNS[6]


@pytest.mark.parametrize(
    "content",
    [b"", b"Exif\x00\x00", b"Exif\x00\x00II*\x00\xff\xff\xff\xff", b"Exif\x00\x00XX", b"Exif\x00\x00" + tiff(9)],
)
def test_a_photo_whose_exif_is_nonsense_stays_as_it_is(content: bytes) -> None:
    assert turn_of_exif(content) == UPRIGHT


def test_turning_copies_no_pixel() -> None:
    image = stored(6)

    assert np.shares_memory(Turn(transpose=True, mirror_rows=True).upright(image), image)
