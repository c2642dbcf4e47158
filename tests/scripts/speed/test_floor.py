from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from scripts.speed.floor import bare_decode


def test_the_bare_decoding_converts_one_frame_for_each_moment(demo_media: Callable[[str], Path]) -> None:
    content = demo_media("media_talking_man").read_bytes()
    step = 1001 / 30_000

    assert bare_decode(content, np.array([0.0, 3 * step, 100 * step]), (320, 240)) == 3
