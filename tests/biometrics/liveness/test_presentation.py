from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.biometrics.looking import Look, face, mesh
from verify_service.biometrics.evidence import CheckResult, Clip, Frame
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.presentation import PresentationNet, check, surroundings


@pytest.fixture(scope="module")
def net(manifest: Manifest) -> PresentationNet:
    loaded = PresentationNet.load(manifest)
    assert loaded is not None
    return loaded


def test_the_talking_man_looks_bona_fide(
    net: PresentationNet, talking_man: Clip, talking_man_seen: Look, limits: Limits
) -> None:
    found = check(talking_man, talking_man_seen.track.seen[:5], net, limits)

    assert found is not None
    assert found.result is CheckResult.PASS


def test_a_low_median_is_a_finding_for_staff(
    net: PresentationNet, talking_man: Clip, talking_man_seen: Look, limits: Limits
) -> None:
    found = check(talking_man, talking_man_seen.track.seen[:5], net, replace(limits, presentation_score_min=1.01))

    assert found is not None
    assert (found.result, found.reason) == (CheckResult.FAIL, "presentation")


def test_without_a_net_nothing_is_said(talking_man: Clip, talking_man_seen: Look, limits: Limits) -> None:
    assert check(talking_man, talking_man_seen.track.seen[:5], None, limits) is None


@pytest.mark.parametrize("unfit", [face(0, mesh(yaw=20)), replace(face(0, mesh()), frame=1)])
def test_turned_faces_and_faces_that_fill_the_picture_are_not_asked_about(
    unfit: object, net: PresentationNet, limits: Limits
) -> None:
    wide, narrow = np.zeros((288, 360, 3), np.uint8), np.zeros((180, 160, 3), np.uint8)
    clip = Clip((Frame(0.0, wide), Frame(0.08, narrow)), None, 0.16)

    assert check(clip, [unfit] * 5, net, limits) is None  # type: ignore[list-item]


def test_the_cut_keeps_within_the_picture_and_has_the_box_in_it() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[40:60, 0:20] = 255

    cut = surroundings(image, Box(0, 40, 20, 20), 2.0, 40)

    assert cut.shape == (40, 40, 3)
    assert cut[20, 10].min() == 255  # moved inwards at the left edge, centred from top to bottom
    assert cut[20, 30].max() == 0


def test_a_cut_larger_than_the_picture_takes_what_there_is() -> None:
    assert surroundings(np.zeros((50, 50, 3), np.uint8), Box(10, 10, 30, 30), 2.7, 128).shape == (128, 128, 3)
