from __future__ import annotations

import struct
from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.biometrics.media.errors import (
    Damage,
    MediaError,
    NoSuchMoment,
    OverCap,
    Quantity,
    Unreadable,
    Unsupported,
    UnsupportedFormat,
)
from verify_service.biometrics.media.facts import ClipFacts
from verify_service.biometrics.media.wire import ENTRY, HEADER, Layout, WireError, Writer, read_answer

LAYOUT = Layout(frames_max=3, frame_bytes_max=4 * 5 * 3, sound_samples_max=8, seconds_max=21.0)
FACTS = ClipFacts(2.5, "matroska", "vp9", "opus", 640, 480, 70)


def block_with(facts: ClipFacts = FACTS) -> bytearray:
    block = bytearray(LAYOUT.size)
    writer = Writer(memoryview(block), LAYOUT)
    writer.frame(0.0, np.full((4, 5, 3), 1, np.uint8))
    writer.frame(0.5, np.full((2, 5, 3), 2, np.uint8))
    writer.sound(-0.25, np.array([0.5, -0.5], np.float32))
    writer.answer(facts)
    return block


def test_what_the_child_writes_is_what_the_parent_reads() -> None:
    block = block_with()

    answer = read_answer(bytes(block), LAYOUT)

    assert answer.facts == FACTS
    assert [(f.at, f.height, f.width) for f in answer.frames] == [(0.0, 4, 5), (0.5, 2, 5)]
    assert (answer.sound_samples, answer.sound_starts_at) == (2, -0.25)
    assert answer.pixel_bytes == 60 + 30
    assert bytes(block[LAYOUT.pixels_at : LAYOUT.pixels_at + 90]) == b"\x01" * 60 + b"\x02" * 30
    assert np.frombuffer(block, np.float32, 2, LAYOUT.sound_at).tolist() == [0.5, -0.5]


def test_silence_and_no_sound_are_two_things() -> None:
    silent, soundless = bytearray(LAYOUT.size), bytearray(LAYOUT.size)
    writer = Writer(memoryview(silent), LAYOUT)
    writer.sound(0.0, np.zeros(0, np.float32))
    writer.answer(FACTS)
    Writer(memoryview(soundless), LAYOUT).answer(replace(FACTS, audio_codec=None))

    assert read_answer(bytes(silent), LAYOUT).sound_samples == 0
    assert read_answer(bytes(soundless), LAYOUT).sound_samples is None


@pytest.mark.parametrize(
    "error",
    [
        *(Unreadable(damage) for damage in Damage),
        *(UnsupportedFormat(what) for what in Unsupported),
        *(OverCap(quantity, 33_177_600, 8_294_400) for quantity in Quantity),
        NoSuchMoment(9.0, 5.75),
    ],
    ids=str,
)
def test_every_refusal_arrives_as_it_was_raised(error: MediaError) -> None:
    block = bytearray(LAYOUT.size)
    Writer(memoryview(block), LAYOUT).refuse(error)

    with pytest.raises(type(error)) as arrived:
        read_answer(bytes(block), LAYOUT)

    assert type(arrived.value) is type(error)
    assert vars(arrived.value) == vars(error)


def header(**changes: float) -> bytes:
    fields = dict(zip(("magic", "kind", "frames", "samples", "has_sound", "starts_at", "seconds", "container", "video",
                       "audio", "width", "height", "decoded"), HEADER.unpack_from(block_with()), strict=True))  # fmt: skip
    return HEADER.pack(*{**fields, **changes}.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"magic": b"VSMEDIA0"},
        {"kind": 0},
        {"kind": 99},
        {"kind": 2, "frames": 1_000},
        {"kind": 4, "frames": 4},
        {"frames": 4},
        {"frames": 2**32 - 1},
        {"samples": 9},
        {"starts_at": nan},
        {"starts_at": -21.5},
        {"starts_at": inf},
        {"seconds": nan},
        {"seconds": inf},
        {"seconds": -1.0},
        {"container": 3},
        {"video": 6},
        {"audio": 3},
        {"kind": 5, "seconds": nan},
    ],
    ids=str,
)
def test_a_header_that_no_honest_child_writes_is_refused(changes: dict[str, float]) -> None:
    block = header(**changes) + bytes(block_with())[HEADER.size :]

    with pytest.raises(WireError):
        read_answer(block, LAYOUT)


@pytest.mark.parametrize(
    "entry",
    [(0.5, 0, 5), (0.5, 4, 0), (0.5, 5, 5), (0.5, 2**31, 2**31), (nan, 2, 5), (-0.1, 2, 5), (21.1, 2, 5), (0.0, 2, 5)],
    ids=["no rows", "no columns", "too large", "overflow", "no moment", "before the clip", "after it", "equal is fine"],
)
def test_a_frame_outside_its_bounds_is_refused(entry: tuple[float, int, int], request: pytest.FixtureRequest) -> None:
    block = block_with()
    ENTRY.pack_into(block, LAYOUT.table_at + ENTRY.size, *entry)

    if "equal" in request.node.name:
        assert len(read_answer(bytes(block), LAYOUT).frames) == 2
    else:
        with pytest.raises(WireError):
            read_answer(bytes(block), LAYOUT)


def test_frames_out_of_order_are_refused() -> None:
    block = block_with()
    struct.pack_into("<d", block, LAYOUT.table_at, 0.75)

    with pytest.raises(WireError):
        read_answer(bytes(block), LAYOUT)


@given(noise=st.binary(max_size=LAYOUT.sound_at))
def test_no_bytes_make_the_parent_read_beyond_the_block(noise: bytes) -> None:
    plausible = HEADER.pack(b"VSMEDIA1", 1, 3, 8, 1, 0.0, 1.0, 0, 1, 1, 1, 1, 1)
    block = (plausible[:12] + noise).ljust(LAYOUT.sound_at, b"\x00")

    try:
        answer = read_answer(block, LAYOUT)
    except (WireError, MediaError):
        return

    assert LAYOUT.pixels_at + answer.pixel_bytes <= LAYOUT.size
    assert (answer.sound_samples or 0) <= LAYOUT.sound_samples_max
