"""Many clips of one: other bytes, the same picture and sound. So each upload is looked at, not answered as an exact replay."""

from __future__ import annotations

import random
import struct

PAYLOAD_BYTES = 32
HEADER = struct.Struct(">I4s")


def varied(clip: bytes, chance: random.Random) -> bytes:
    """The MP4 with a box of random bytes behind its last one: `free` (ISO/IEC 14496-12 §8.1.2), which every reader skips.

    To a search for near-duplicates it is the same clip, as it should be. Raises ValueError for what is no MP4.
    """
    if clip[4:8] != b"ftyp":
        raise ValueError("only an MP4 is varied by a free box")
    return clip + HEADER.pack(HEADER.size + PAYLOAD_BYTES, b"free") + chance.randbytes(PAYLOAD_BYTES)
