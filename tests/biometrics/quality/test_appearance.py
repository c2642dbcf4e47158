from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Look
from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.alignment import align
from verify_service.biometrics.quality.appearance import face_area, sharpness


def test_a_plain_picture_has_no_sharpness() -> None:
    assert sharpness(np.full((39, 34), 90, np.uint8)) == 0.0


def test_half_the_light_leaves_the_sharpness_as_it_is() -> None:
    picture = np.random.default_rng(1).integers(0, 128, (39, 34), dtype=np.uint8) * 2

    assert sharpness(np.asarray(picture // 2, np.uint8)) == pytest.approx(sharpness(picture))


def test_a_blurred_face_is_less_sharp_by_half_and_as_bright(talking_man: Clip, talking_man_seen: Look) -> None:
    seen = talking_man_seen.track.seen[0]
    crop = align(talking_man.frames[seen.frame].image, seen.place.points)

    sharp, blurred = face_area(crop), face_area(np.asarray(cv2.GaussianBlur(crop, (0, 0), 3), np.uint8))

    assert sharpness(blurred) < sharpness(sharp) / 2
    assert float(blurred.mean()) == pytest.approx(float(sharp.mean()), abs=3)


def test_only_brow_to_chin_counts() -> None:
    crop = np.zeros((112, 112, 3), np.uint8)
    crop[28:106, 22:90] = 200

    assert float(face_area(crop).mean()) == 200.0


def test_there_is_one_appearance_a_searched_frame(talking_man_seen: Look) -> None:
    assert [look.face for look in talking_man_seen.looks] == list(talking_man_seen.track.seen)
