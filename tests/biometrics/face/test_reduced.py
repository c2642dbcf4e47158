from __future__ import annotations

import numpy as np

from verify_service.biometrics.face.reduced import reduced


def test_the_longer_side_is_brought_to_the_most_it_may_be() -> None:
    picture, scale = reduced(np.zeros((1000, 500, 3), np.uint8), 720)

    assert picture.shape == (720, 360, 3)
    assert scale == 0.72


def test_a_small_picture_is_left_as_it_is() -> None:
    picture = np.zeros((20, 30, 3), np.uint8)

    found, scale = reduced(picture, 720)

    assert found is picture
    assert scale == 1.0


def test_no_pixel_is_skipped() -> None:
    # Rows alternate between black and white: every eighth pixel alone would be one or the other.
    rows = np.repeat(np.arange(800)[:, None] % 2 * 255, 800, axis=1)
    stripes = np.repeat(rows[..., None], 3, axis=2).astype(np.uint8)

    picture, _scale = reduced(stripes, 100)

    assert 126 <= picture.min() <= picture.max() <= 129
