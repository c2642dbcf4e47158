from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.footage import RATE_HZ, Footage, hull_mask, laid_over, onto, to_and_fro
from scripts.evaluation.trials import Library

CLIP = "digits/s1_4751_01.mp4"


def test_a_clip_is_read_as_the_eye_samples_it_and_its_sound_is_as_long(library: Library) -> None:
    footage = library.footage(CLIP)

    assert (len(footage.images), footage.size) == (41, (360, 288))
    assert footage.seconds == pytest.approx(len(footage.samples) / RATE_HZ, abs=0.1)
    assert len(footage.faces) == len(footage.images)
    assert all(0 < face.centre[0] < 360 and face.mesh.shape == (468, 3) for face in footage.faces)


def test_pictures_that_are_too_few_go_to_and_fro_without_a_jump() -> None:
    assert to_and_fro(4, 9) == [0, 1, 2, 3, 2, 1, 0, 1, 2]
    assert to_and_fro(1, 3) == [0, 0, 0]


def test_pictures_under_another_sound_last_as_long_as_it() -> None:
    images = tuple(np.full((2, 2, 3), value, np.uint8) for value in range(3))

    longer = Footage(images, np.zeros(0, np.float32)).under(np.zeros(round(0.4 * RATE_HZ), np.float32))

    assert [int(image[0, 0, 0]) for image in longer.images] == [0, 1, 2, 1, 0]
    assert len(longer.samples) == 6_400


def test_a_face_laid_onto_another_meets_its_eyes(library: Library) -> None:
    first, second = library.footage(CLIP).faces[0].mesh, library.footage("grid/other_brbk7n.mp4").faces[0].mesh

    matrix = onto(first, second)

    corners = [33, 263]
    moved = first[corners, :2] @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs(moved - second[corners, :2]).max() < 6


def test_what_is_laid_over_is_seen_inside_the_hull_alone() -> None:
    square = np.array([[2, 2], [6, 2], [6, 6], [2, 6]], np.float32)

    laid = laid_over(np.zeros((9, 9, 3), np.uint8), np.full((9, 9, 3), 200, np.uint8), hull_mask(square, (9, 9)))

    assert (laid[4, 4] == 200).all()
    assert (laid[0, 0] == 0).all()
