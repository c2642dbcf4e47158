from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.crew import Tools
from scripts.evaluation.encoding import Encoding, encode
from scripts.evaluation.footage import Footage, read
from scripts.evaluation.trials import Library

CLIP = "digits/s1_4751_01.mp4"


@pytest.fixture(scope="module")
def short(library: Library) -> Footage:
    footage = library.footage(CLIP).at(range(12))
    return Footage(footage.images, footage.samples[:16_000])


@pytest.mark.parametrize("encoding", [Encoding(), Encoding("webm"), Encoding(turned=True)])
def test_the_same_footage_gives_the_same_bytes_and_every_picture_comes_back(short: Footage, encoding: Encoding) -> None:
    written = encode(short, encoding)

    assert encode(short, encoding) == written
    assert len(read(written).images) == len(short.images)


def test_a_clip_that_is_stored_lying_is_seen_upright(tools: Tools, short: Footage) -> None:
    lying = encode(short, Encoding(quality=18, turned=True))

    stored, seen = read(lying), tools.eye.sandbox.clip(lying).clip

    assert stored.size == (288, 360)
    assert np.abs(seen.frames[5].image.astype(int) - short.images[5]).mean() < 4


def test_picture_and_sound_stay_together(short: Footage) -> None:
    clicks = np.zeros(16_000, np.float32)
    clicks[8_000:8_160] = 0.8

    again = read(encode(Footage(short.images, clicks))).samples

    # AAC looks ahead by a frame of 1,024 samples; it must not shift the sound by more.
    assert abs(int(np.abs(again).argmax()) - 8_080) <= 1_100


def test_without_samples_there_is_no_track_of_sound(short: Footage) -> None:
    assert len(read(encode(Footage(short.images, short.samples[:0]))).samples) == 0
