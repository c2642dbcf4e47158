from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from scripts.loadtest.variation import varied
from verify_service.biometrics.media.caps import Sampling
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy


def test_each_variation_has_other_bytes() -> None:
    chance, clip = random.Random(1), b"\0\0\0\x08ftyp"

    hashes = {hashlib.sha256(varied(clip, chance)).hexdigest() for _ in range(100)}

    assert len(hashes) == 100


def test_what_is_seen_and_heard_stays_the_same(demo_media: Callable[[str], Path]) -> None:
    clip = demo_media("media_talking_man").read_bytes()

    with DecodeSandbox(SandboxPolicy(required=False), sampling=Sampling(rate_hz=2.0)) as sandbox:
        before, after = sandbox.clip(clip).clip, sandbox.clip(varied(clip, random.Random(1))).clip

    assert len(before.frames) == len(after.frames) > 0
    assert all(np.array_equal(a.image, b.image) for a, b in zip(before.frames, after.frames, strict=True))
    assert before.sound is not None
    assert after.sound is not None
    assert np.array_equal(before.sound.samples, after.sound.samples)


def test_a_varied_clip_can_be_varied_again(demo_media: Callable[[str], Path]) -> None:
    chance = random.Random(1)
    twice = varied(varied(demo_media("media_talking_man").read_bytes(), chance), chance)

    with av.open(io.BytesIO(twice), "r") as container:
        assert next(container.decode(video=0)).width == 640


def test_what_is_no_mp4_is_refused() -> None:
    with pytest.raises(ValueError, match="MP4"):
        varied(b"\x1a\x45\xdf\xa3 a WebM", random.Random(1))
