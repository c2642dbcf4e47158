from __future__ import annotations

import cv2
import numpy as np
import pytest

from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.detector import FaceDetector
from verify_service.biometrics.inference.manifest import Manifest


@pytest.fixture(scope="module")
def detector(manifest: Manifest) -> FaceDetector:
    return FaceDetector(manifest.verified("face_detector"))


def test_the_talking_man_is_one_face_with_his_eyes_above_his_mouth(detector: FaceDetector, talking_man: Clip) -> None:
    (face,) = detector.detect(talking_man.frames[0].image)

    right_eye, left_eye, nose, right_mouth, left_mouth = face.points
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])
    assert face.box.left < nose[0] < face.box.right
    assert face.box.top < nose[1] < face.box.bottom


def test_both_men_are_found_the_wider_first(detector: FaceDetector, two_men: Clip) -> None:
    first, second = detector.detect(two_men.frames[0].image)

    assert first.box.width >= second.box.width
    assert first.box.left > second.box.left  # the speaker stands to the right


def test_there_is_no_face_in_plain_grey_nor_in_the_smallest_picture(detector: FaceDetector) -> None:
    assert detector.detect(np.full((288, 360, 3), 128, np.uint8)) == ()
    assert detector.detect(np.full((1, 1, 3), 128, np.uint8)) == ()


def test_a_picture_three_times_as_large_gives_the_same_face_in_its_own_pixels(
    detector: FaceDetector, talking_man: Clip
) -> None:
    image = talking_man.frames[0].image
    (face,) = detector.detect(image)

    (large,) = detector.detect(np.asarray(cv2.resize(image, None, fx=3, fy=3), np.uint8))

    assert large.points / 3 == pytest.approx(face.points, abs=3)
