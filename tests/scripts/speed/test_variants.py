from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from scripts.speed.variants import Variant, filled, make, nearest


def test_each_frame_shows_what_the_scene_shows_then_and_the_scene_begins_anew() -> None:
    moments = np.array([0.0, 0.1, 0.2])

    assert nearest(moments, Variant(0.6, 64, 48, rate_hz=10)) == [0, 1, 2, 0, 1, 2]
    assert nearest(moments, Variant(0.3, 64, 48, rate_hz=20)) == [0, 0, 1, 1, 2, 2]


def test_a_picture_is_enlarged_until_it_covers_and_its_middle_is_kept() -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[24] = 255

    wide = filled(picture, 192, 108)

    assert wide.shape == (108, 192, 3)
    assert abs(int(wide[..., 0].sum(1).argmax()) - 54) <= 2


def test_a_variant_has_the_length_size_and_rate_that_it_names(demo_media: Callable[[str], Path]) -> None:
    content = make(demo_media("media_talking_man"), Variant(1.0, 320, 180, rate_hz=15))

    with av.open(io.BytesIO(content), "r") as made:
        video, audio = made.streams.video[0], made.streams.audio[0]
        frames = list(made.decode(video))
        assert (video.width, video.height, len(frames)) == (320, 180, 15)
        assert audio.duration is not None
        assert audio.time_base is not None
        assert abs(float(audio.duration * audio.time_base) - 1.0) < 0.05
