from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Eye
from verify_service.biometrics.comparison.reference import ReferenceUnusable, reference_template
from verify_service.biometrics.comparison.template import similarity
from verify_service.biometrics.evidence import Clip, Image, Template


def enrol(eye: Eye, image: Image) -> Template:
    return reference_template(image, eye.follower, eye.embedder, eye.limits)


def test_one_frame_of_the_talking_man_becomes_a_template(eye: Eye, talking_man: Clip) -> None:
    template = enrol(eye, talking_man.frames[0].image)

    assert template.vector.shape == (128 + 192,)
    assert template.model_sha256 == eye.embedder.model_sha256


def test_a_larger_copy_of_a_picture_gives_nearly_the_same_template(eye: Eye, talking_man: Clip) -> None:
    image = talking_man.frames[0].image
    large = np.asarray(cv2.resize(image, None, fx=3, fy=3), np.uint8)

    assert similarity(enrol(eye, image), enrol(eye, large)) > 0.95


def test_a_picture_without_a_face_is_refused_for_that_alone(eye: Eye) -> None:
    with pytest.raises(ReferenceUnusable) as caught:
        enrol(eye, np.full((480, 640, 3), 128, np.uint8))

    assert caught.value.reasons == ("no_face",)
    assert "no_face" in str(caught.value)


def test_a_picture_of_two_distant_men_is_refused_for_both_faults(eye: Eye, two_men: Clip) -> None:
    with pytest.raises(ReferenceUnusable) as caught:
        enrol(eye, two_men.frames[0].image)

    assert caught.value.reasons == ("many_faces", "too_far")


def test_a_dark_picture_is_refused(eye: Eye, talking_man: Clip) -> None:
    with pytest.raises(ReferenceUnusable) as caught:
        enrol(eye, np.asarray(talking_man.frames[0].image // 6, np.uint8))

    assert caught.value.reasons == ("too_dark",)
