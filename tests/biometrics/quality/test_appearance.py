from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Look
from verify_service.biometrics.evidence import Clip, Frame, Image
from verify_service.biometrics.face.alignment import align
from verify_service.biometrics.quality.appearance import (
    EYES,
    detail,
    eye_light,
    face_area,
    mouth_tint,
    picture_luma,
    sharpness,
)


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


def test_a_smear_in_one_direction_takes_the_detail_and_leaves_the_sharpness(crop: Image) -> None:
    still, smeared, turned = (
        face_area(np.asarray(each, np.uint8)) for each in (crop, cv2.blur(crop, (13, 1)), cv2.blur(crop, (1, 13)))
    )

    assert detail(smeared) < 0.3 * detail(still)
    assert detail(turned) < 0.3 * detail(still)
    assert sharpness(smeared) > 0.3 * sharpness(still)
    assert detail(np.full((39, 34), 90, np.uint8)) == 0.0


def test_only_brow_to_chin_counts() -> None:
    crop = np.zeros((112, 112, 3), np.uint8)
    crop[28:106, 22:90] = 200

    assert float(face_area(crop).mean()) == 200.0


def test_there_is_one_appearance_a_searched_frame(talking_man_seen: Look) -> None:
    assert [look.face for look in talking_man_seen.looks] == list(talking_man_seen.track.seen)


@pytest.fixture
def crop(talking_man: Clip, talking_man_seen: Look) -> Image:
    seen = talking_man_seen.track.seen[0]
    return align(talking_man.frames[seen.frame].image, seen.place.points)


def lab(crop: Image) -> Image:
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2LAB), np.uint8)


def test_a_blue_mask_is_seen_by_its_colour_in_any_light(crop: Image) -> None:
    masked = crop.copy()
    masked[80:] = (200, 170, 130)

    assert mouth_tint(lab(crop)) < 15
    assert mouth_tint(lab(masked)) > 40
    assert mouth_tint(lab(np.asarray(masked // 2, np.uint8))) > 20 > mouth_tint(lab(np.asarray(crop // 2, np.uint8)))


def test_dark_glasses_are_seen_by_their_darkness_in_any_light(crop: Image) -> None:
    glasses = crop.copy()
    for rows, columns in EYES:
        glasses[rows, columns] = 20

    assert eye_light(lab(crop)) > 0.4
    assert eye_light(lab(glasses)) < 0.2
    assert eye_light(lab(np.asarray(crop // 2, np.uint8))) == pytest.approx(eye_light(lab(crop)), abs=0.1)


def test_the_light_of_the_picture_is_the_middle_of_pictures_spread_over_the_clip() -> None:
    greys = [0, 100, 110, 120, 255]
    clip = Clip(tuple(Frame(i * 0.1, np.full((8, 8, 3), grey, np.uint8)) for i, grey in enumerate(greys)), None, 0.5)

    assert picture_luma(clip) == pytest.approx(110, abs=0.5)
    assert picture_luma(Clip((), None, 0.0)) is None
