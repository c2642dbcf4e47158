"""Is a Matroska or WebM file whole? FFmpeg plays what is left of one that was cut, and says nothing.

A browser records without lengths (RFC 8794 §6.2, "unknown size"), so the walk goes through the two masters that may be
open-ended and asks that every element inside them ends where the file still has bytes. A recording that was cut exactly
between two blocks cannot be told from a shorter one, and is one.
"""

from __future__ import annotations

SEGMENT, CLUSTER = 0x18538067, 0x1F43B675
# 20 s at 60 pictures and 400 opus packets (the shortest, 2.5 ms) a second are 9,200 blocks.
ELEMENTS_MAX = 50_000


def is_whole(content: bytes) -> bool:
    """False where an element reaches beyond the file's end, or what stands in its place is no element."""
    at, end = 0, len(content)
    for _ in range(ELEMENTS_MAX):
        if at == end:
            return True
        header = element_header(content, at)
        if header is None:
            return False
        name, size, at = header
        if name in (SEGMENT, CLUSTER):
            if name == SEGMENT and size is not None:
                if at + size > end:
                    return False
                end = at + size  # what follows a closed segment is no part of it
        elif size is None or at + size > end:
            return False
        else:
            at += size
    return False


def element_header(content: bytes, at: int) -> tuple[int, int | None, int] | None:
    """An element's name, its size (None: unknown) and where its body begins; None where there is no element."""
    name_length = _length(content, at, longest=4)
    if name_length is None:
        return None
    size_at = at + name_length
    size_length = _length(content, size_at, longest=8)
    if size_length is None:
        return None
    body_at = size_at + size_length
    size_bits = 7 * size_length
    size = int.from_bytes(content[size_at:body_at], "big") & ((1 << size_bits) - 1)
    is_unknown = size == (1 << size_bits) - 1
    return int.from_bytes(content[at:size_at], "big"), None if is_unknown else size, body_at


def _length(content: bytes, at: int, longest: int) -> int | None:
    """How many bytes the number at a place has: its leading zero bits, and one."""
    if at >= len(content):
        return None
    length = 9 - content[at].bit_length()
    return length if length <= longest and at + length <= len(content) else None
