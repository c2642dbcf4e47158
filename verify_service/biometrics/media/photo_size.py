"""How large a photo says that it is, read from its header before anything is decoded."""

from __future__ import annotations

import struct

# ITU-T T.81 table B.1: every "start of frame" marker; 0xC4, 0xC8 and 0xCC are other things.
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
START_OF_SCAN = 0xDA


def declared_size(content: bytes, codec: str) -> tuple[int, int] | None:
    """Width and height in pixels as stored; None where the header is damaged. `codec` is mjpeg, png or webp."""
    read = {"mjpeg": _jpeg_size, "png": _png_size, "webp": _webp_size}[codec]
    try:
        return read(content)
    except (struct.error, IndexError):
        return None


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _webp_size(content: bytes) -> tuple[int, int] | None:
    form = content[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in START_OF_FRAME:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        if marker == START_OF_SCAN:
            return None
        at += 2 if marker in WITHOUT_LENGTH else 2 + struct.unpack_from(">H", content, at + 2)[0]
    return None
