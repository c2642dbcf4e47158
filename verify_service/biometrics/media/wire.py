"""What the child leaves in shared memory, and how the parent reads it without trusting a byte.

One block of memory, made and sealed by the parent: a header of fixed fields, a table of frames, the sound, the pixels.
No pickle and no JSON comes back: numbers are read by `struct`, held against bounds that the parent set, and words are
indices into lists that the parent knows.

    0          header (64 bytes)
    64         frame table: moment (f64), height (u32), width (u32) each
    …          sound: f32 samples
    …          pixels, from a page's beginning: height × width × 3 bytes each, one after another
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from ..evidence import Image, Vector
from .caps import Caps, Sampling
from .errors import Damage, MediaError, NoSuchMoment, OverCap, Quantity, Unreadable, Unsupported, UnsupportedFormat
from .facts import AUDIO_CODECS, CONTAINERS, VIDEO_CODECS, ClipFacts

MAGIC = b"VSMEDIA1"
HEADER = struct.Struct("<8sIIIIddIIIIII")
ENTRY = struct.Struct("<dII")
HEADER_BYTES, PAGE = 64, 4096

# Kinds of answer, and the lists that an answer's words are indices of.
ANSWERED, UNREADABLE, UNSUPPORTED, OVER_CAP, NO_SUCH_MOMENT = range(1, 6)
DAMAGES, UNSUPPORTEDS, QUANTITIES = tuple(Damage), tuple(Unsupported), tuple(Quantity)


class WireError(Exception):
    """The child left something that no honest child leaves."""


@dataclass(frozen=True)
class Layout:
    """The block of one job: bounds that both sides hold, and the places that follow from them."""

    frames_max: int
    frame_bytes_max: int
    sound_samples_max: int
    seconds_max: float  # no moment lies beyond; a declared length may

    @classmethod
    def of_clip(cls, caps: Caps, sampling: Sampling) -> Layout:
        # A hole in the sound's time may be filled up to the cap after the last frame that still fitted.
        samples = int(caps.seconds_max * sampling.sound_rate_hz)
        return cls(sampling.frames_max, sampling.pixels_max * 3, samples, caps.seconds_max)

    @classmethod
    def of_moment(cls, caps: Caps, sampling: Sampling) -> Layout:
        return cls(1, sampling.pixels_max * 3, 0, caps.seconds_max)

    @classmethod
    def of_photo(cls, sampling: Sampling) -> Layout:
        return cls(1, sampling.photo_long_side_max**2 * 3, 0, 0.0)

    @property
    def table_at(self) -> int:
        return HEADER_BYTES

    @property
    def sound_at(self) -> int:
        return self.table_at + self.frames_max * ENTRY.size

    @property
    def pixels_at(self) -> int:
        end = self.sound_at + self.sound_samples_max * 4
        return -(-end // PAGE) * PAGE

    @property
    def size(self) -> int:
        return self.pixels_at + self.frames_max * self.frame_bytes_max


@dataclass(frozen=True)
class FrameEntry:
    at: float
    height: int
    width: int

    @property
    def byte_size(self) -> int:
        return self.height * self.width * 3


@dataclass(frozen=True)
class Answer:
    """A header and table that passed: every number lies within the layout."""

    facts: ClipFacts
    frames: tuple[FrameEntry, ...]
    sound_samples: int | None
    sound_starts_at: float

    @property
    def pixel_bytes(self) -> int:
        return sum(frame.byte_size for frame in self.frames)


class Writer:
    """The child's side: a sink for `decode`, writing straight into the shared block."""

    def __init__(self, block: memoryview, layout: Layout) -> None:
        self._block, self._layout = block, layout
        self._frames = 0
        self._pixels_end = layout.pixels_at
        self._sound: tuple[int, float] | None = None

    def frame(self, at: float, image: Image) -> None:
        height, width = image.shape[:2]
        target = np.frombuffer(self._block, np.uint8, image.size, self._pixels_end).reshape(image.shape)
        target[:] = image
        ENTRY.pack_into(self._block, self._layout.table_at + self._frames * ENTRY.size, at, height, width)
        self._frames += 1
        self._pixels_end += image.size

    def sound(self, starts_at: float, samples: Vector) -> None:
        target = np.frombuffer(self._block, np.float32, len(samples), self._layout.sound_at)
        target[:] = samples
        self._sound = (len(samples), starts_at)

    def answer(self, facts: ClipFacts) -> None:
        samples, starts_at = self._sound if self._sound is not None else (0, 0.0)
        audio = 0 if facts.audio_codec is None else 1 + AUDIO_CODECS.index(facts.audio_codec)
        video = 0 if not facts.video_codec else 1 + VIDEO_CODECS.index(facts.video_codec)
        words = (CONTAINERS.index(facts.container), video, audio)
        sizes = (facts.width, facts.height, facts.frames_decoded)
        has_sound = self._sound is not None
        HEADER.pack_into(
            self._block, 0, MAGIC, ANSWERED, self._frames, samples, has_sound, starts_at, facts.seconds, *words, *sizes
        )

    def refuse(self, error: MediaError) -> None:
        kind, word, value, cap, seconds, length = _refusal(error)
        HEADER.pack_into(self._block, 0, MAGIC, kind, word, value, cap, seconds, length, 0, 0, 0, 0, 0, 0)


def _refusal(error: MediaError) -> tuple[int, int, int, int, float, float]:
    match error:
        case OverCap():
            word = QUANTITIES.index(error.quantity)
            return OVER_CAP, word, min(error.value, 2**32 - 1), min(error.cap, 2**32 - 1), 0.0, 0.0
        case UnsupportedFormat():
            return UNSUPPORTED, UNSUPPORTEDS.index(error.what), 0, 0, 0.0, 0.0
        case NoSuchMoment():
            return NO_SUCH_MOMENT, 0, 0, 0, error.seconds, error.clip_seconds
        case Unreadable():
            return UNREADABLE, DAMAGES.index(error.damage), 0, 0, 0.0, 0.0
    raise error


def read_answer(block: bytes, layout: Layout) -> Answer:
    """The answer in the block's beginning (`layout.sound_at` bytes, copied out of the child's reach).

    Raises the MediaError that the child reported, or WireError where anything lies outside its bounds.
    """
    magic, kind, a, b, c, x, y, *rest = HEADER.unpack_from(block)
    if magic != MAGIC:
        raise WireError("no answer was written")
    if kind != ANSWERED:
        raise _reported(kind, a, b, c, x, y)
    facts = _facts(y, rest)
    frames = tuple(_entry(block, layout, index) for index in range(_bounded(a, layout.frames_max)))
    if any(later.at < earlier.at for earlier, later in pairwise(frames)):
        raise WireError("frames out of order")
    samples = _bounded(b, layout.sound_samples_max)
    return Answer(facts, frames, samples if c else None, _moment(x, layout.seconds_max, lowest=-layout.seconds_max))


def _reported(kind: int, word: int, value: int, cap: int, seconds: float, length: float) -> MediaError:
    try:
        if kind == UNREADABLE:
            return Unreadable(DAMAGES[word])
        if kind == UNSUPPORTED:
            return UnsupportedFormat(UNSUPPORTEDS[word])
        if kind == OVER_CAP:
            return OverCap(QUANTITIES[word], value, cap)
    except IndexError as error:
        raise WireError("a word that is on no list") from error
    if kind == NO_SUCH_MOMENT and isfinite(seconds) and isfinite(length):
        return NoSuchMoment(seconds, length)
    raise WireError("a kind of answer that there is not")


def _facts(seconds: float, rest: list[int]) -> ClipFacts:
    container, video, audio, width, height, frames = rest
    if not (isfinite(seconds) and seconds >= 0):
        raise WireError("a clip of no length")
    try:
        return ClipFacts(
            seconds=seconds,
            container=CONTAINERS[container],
            video_codec=("", *VIDEO_CODECS)[video],
            audio_codec=(None, *AUDIO_CODECS)[audio],
            width=width,
            height=height,
            frames_decoded=frames,
        )
    except IndexError as error:
        raise WireError("a word that is on no list") from error


def _entry(block: bytes, layout: Layout, index: int) -> FrameEntry:
    at, height, width = ENTRY.unpack_from(block, layout.table_at + index * ENTRY.size)
    if not (height and width) or height * width * 3 > layout.frame_bytes_max:
        raise WireError("a frame larger than agreed, or empty")
    return FrameEntry(_moment(at, layout.seconds_max), height, width)


def _moment(seconds: float, highest: float, lowest: float = 0.0) -> float:
    if not lowest <= seconds <= highest:  # NaN compares false
        raise WireError("a moment outside the clip")
    return seconds


def _bounded(count: int, most: int) -> int:
    if count > most:
        raise WireError("more than agreed")
    return count
