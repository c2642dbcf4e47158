from __future__ import annotations

import numpy as np
import pytest

from verify_service.biometrics.face.alignment import TEMPLATE, align, similarity_transform


def test_points_that_were_turned_scaled_and_shifted_are_brought_back() -> None:
    angle, scale, shift = np.radians(25), 2.5, np.array([40, -7])
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (TEMPLATE @ turn.T + shift).astype(np.float32)

    matrix = similarity_transform(moved, TEMPLATE)

    assert moved @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(TEMPLATE, abs=1e-3)


def test_a_mirrored_face_is_never_mirrored_back() -> None:
    mirrored = (TEMPLATE * np.array([-1, 1])).astype(np.float32)

    matrix = similarity_transform(mirrored, TEMPLATE)

    assert np.linalg.det(matrix[:, :2]) > 0


def test_points_that_all_fall_together_are_refused() -> None:
    with pytest.raises(ValueError, match="no direction"):
        similarity_transform(np.full((5, 2), 3, np.float32), TEMPLATE)


def test_the_five_points_come_to_lie_on_the_template() -> None:
    picture = np.zeros((300, 300, 3), np.uint8)
    points = (2 * TEMPLATE + 30).astype(np.float32)
    for x, y in points:
        picture[round(float(y)) - 3 : round(float(y)) + 4, round(float(x)) - 3 : round(float(x)) + 4] = 255

    crop = align(picture, points)

    assert crop.shape == (112, 112, 3)
    assert all(crop[round(float(y)), round(float(x))].min() == 255 for x, y in TEMPLATE)
    assert crop[5, 5].max() == 0
