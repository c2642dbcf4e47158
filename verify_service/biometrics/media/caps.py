"""How much a file may cost, and how densely a clip is sampled. Values that the wiring may set; the core only obeys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caps:
    """What a decoding process may be asked to do. Beyond any of these the file is refused, not trimmed.

    The exception is time: decoding stops at `seconds_max` and the clip says that it is longer. Keep it above the eye's own limit
    (`Limits.clip_seconds_max`, 20 s), so that a clip a little too long is seen to be so.
    """

    byte_size_max: int = 12 * 1024 * 1024  # DESIGN §5; an enrolment photo obeys the same
    pixels_max: int = 3840 * 2160  # 4K; 8K is refused (TRUST T10)
    streams_max: int = 12  # an iPhone's .mov has up to 7: picture, one or two sounds, timed metadata
    frames_max: int = 1_320  # 60 a second over 22 s; slow motion at 120 or 240 a second is refused
    seconds_max: float = 21.0
    photo_pixels_max: int = 50_000_000  # phones of today take 12 to 50 megapixels
    memory_bytes_max: int = 512 * 1024 * 1024  # beside the idle child; 4K H.264 with 16 references: 300 MiB
    cpu_seconds_max: int = 20
    wall_seconds_max: float = 40.0


@dataclass(frozen=True)
class Sampling:
    """Which frames of a clip are kept, and how large.

    12.5 a second shows syllables (4 to 6 a second) with the margin that Nyquist asks, and is every second frame of the
    usual 25. A frame is scaled down, never up, until its longer side and its area obey; the area bounds the memory
    whatever the picture's shape: 260 × 640 × 480 × 3 bytes = 240 MB at the very most.
    """

    rate_hz: float = 12.5
    long_side_max: int = 720
    pixels_max: int = 640 * 480
    frames_max: int = 260
    photo_long_side_max: int = 1_920
    sound_rate_hz: int = 16_000
