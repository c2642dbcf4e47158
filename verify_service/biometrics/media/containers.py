"""Recognise a container by its first bytes, before any of FFmpeg's 350 demuxers sees it.

FFmpeg would probe them all; here the two on the allow-list are named to it, and no other can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from . import ebml
from .errors import Damage, Unreadable, Unsupported, UnsupportedFormat

Container = Literal["mp4", "matroska"]

EBML = b"\x1a\x45\xdf\xa3"  # RFC 8794: every Matroska and WebM file begins with it
# ISO/IEC 14496-12 and QuickTime: the types of box with which a file may begin.
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
# Honest files of a kind that we do not decode: the person is told to record otherwise, not that the file is damaged.
FOREIGN = (b"RIFF", b"OggS", b"FLV\x01", b"GIF8", b"ID3", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75", b"#!AMR", b"fLaC")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def recognise(content: bytes) -> Container:
    """The container that the bytes begin as. Raises UnsupportedFormat for other known kinds, else Unreadable.

    A file that ends inside one of its own boxes was cut off on the way, and is Unreadable however much of it would play.
    """
    if content.startswith(EBML):
        if not ebml.is_whole(content):
            raise Unreadable(Damage.CUT_OFF)
        return "matroska"
    if content[4:8] in FIRST_BOXES:
        if _is_cut_off(content):
            raise Unreadable(Damage.CUT_OFF)
        return "mp4"
    if content.startswith(FOREIGN + PICTURES):
        raise UnsupportedFormat(Unsupported.CONTAINER)
    raise Unreadable(Damage.NOT_MEDIA)


def _is_cut_off(content: bytes) -> bool:
    return any(end > len(content) for end in _box_ends(content))


def _box_ends(content: bytes) -> Iterator[int]:
    """Where each top-level box says that it ends. Size 0 reaches to the end of the file, size 1 has 64 bits of length."""
    start = 0
    while start + 8 <= len(content):
        size = int.from_bytes(content[start : start + 4], "big")
        if size == 1:
            size = int.from_bytes(content[start + 8 : start + 16], "big")
        if size == 0:
            return
        if size < 8:
            # Not a box: some phones append a trailer of their own, which players pass over.
            return
        start += size
        yield start
