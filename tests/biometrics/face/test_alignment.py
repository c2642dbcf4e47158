from __future__ import annotations

import numpy as np
import pytest

from verify_service.biometrics.face.alignment import (
    MESH_PLACES,
    MESH_TEMPLATE,
    TEMPLATE,
    align,
    align_for_comparison,
    similarity_transform,
)


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


def test_for_comparison_detector_and_mesh_place_the_face_together() -> None:
    picture = np.zeros((300, 300, 3), np.uint8)
    points, mesh = (2 * TEMPLATE + 30).astype(np.float32), np.zeros((468, 3), np.float32)
    for place, at in zip(MESH_PLACES, MESH_TEMPLATE, strict=True):
        mesh[list(place), :2] = 2 * at + 30
    for x, y in points:
        picture[round(float(y)) - 3 : round(float(y)) + 4, round(float(x)) - 3 : round(float(x)) + 4] = 255

    agreed = align_for_comparison(picture, points, mesh)
    apart = align_for_comparison(picture, points, mesh + np.float32(8))

    assert all(agreed[round(float(y)), round(float(x))].min() == 255 for x, y in TEMPLATE)
    # The mesh says 8 px further right and down: half of that, at half the size, moves the face by 2 px up and left.
    assert all(apart[round(float(y)) - 2, round(float(x)) - 2].min() == 255 for x, y in TEMPLATE)
    assert all(apart[round(float(y)) + 1, round(float(x)) + 1].max() < 255 for x, y in TEMPLATE)
