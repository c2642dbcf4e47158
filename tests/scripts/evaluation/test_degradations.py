"""SYNTHETIC faults, each held against what the eye itself measures of it."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.crew import Tools
from scripts.evaluation.degradations import FAULTS, Degraded
from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import Footage
from scripts.evaluation.trials import Library
from verify_service.biometrics.evidence import Clip, Frame
from verify_service.biometrics.face.follower import FaceTrack

CLIP = "digits/s1_4751_01.mp4"


@pytest.fixture(scope="module")
def short(library: Library) -> Footage:
    return library.footage(CLIP).at([0, 8])


def track(tools: Tools, footage: Footage) -> FaceTrack:
    clip = Clip(tuple(Frame(0.4 * i, image) for i, image in enumerate(footage.images)), None, 1.0)
    return tools.eye.follower.follow(clip, tools.eye.follower.search(clip))


def spoilt(footage: Footage, fault: str, grade: float) -> Footage:
    return FAULTS[fault].spoil(footage, grade)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_grade_of_every_fault_can_be_made_and_differs_from_the_one_before(short: Footage, fault: str) -> None:
    made = [encode(spoilt(short, fault, grade)) for grade in FAULTS[fault].grades]

    assert len(set(made)) == len(FAULTS[fault].grades) >= 6


def test_dark_is_darker_and_bright_is_brighter_by_what_the_grade_says(short: Footage) -> None:
    plain = short.images[0].mean()

    assert spoilt(short, "dark", 0.5).images[0].mean() == pytest.approx(0.5 * plain, rel=0.05)
    assert spoilt(short, "bright", 1.2).images[0].mean() > 1.1 * plain


def test_a_far_face_is_as_wide_as_the_grade_says(tools: Tools, short: Footage) -> None:
    seen = track(tools, spoilt(short, "far", 55))

    assert seen.places[0].box.width == pytest.approx(55, rel=0.12)


def test_a_turned_head_is_seen_turned_the_more_the_more_it_is(tools: Tools, short: Footage) -> None:
    yaws = [abs(track(tools, spoilt(short, "turned", grade)).faces[0].pose.yaw) for grade in (10, 25, 40)]

    assert yaws[0] < yaws[1] < yaws[2]
    assert yaws[1] == pytest.approx(25, abs=10)


def test_a_face_that_is_cut_lies_partly_outside_the_picture(tools: Tools, short: Footage) -> None:
    assert track(tools, spoilt(short, "cut", 0.4)).faces[0].inside < 0.9


def test_noise_lies_as_far_below_the_speech_as_the_grade_says(library: Library) -> None:
    footage = library.footage(CLIP)

    noise = spoilt(footage, "noisy sound", 10).samples - footage.samples

    ratio = 10 * np.log10(np.mean(footage.samples**2) / np.mean(noise**2))
    assert ratio == pytest.approx(10, abs=0.3)


def test_a_quiet_clip_is_lower_by_what_the_grade_says(library: Library) -> None:
    footage = library.footage(CLIP)

    ratio = np.abs(spoilt(footage, "quiet", 20).samples).max() / np.abs(footage.samples).max()

    assert ratio == pytest.approx(0.1, rel=1e-3)


def test_a_maker_names_its_fault_and_grade_so_that_the_cache_tells_them_apart() -> None:
    assert repr(Degraded(CLIP, "dark", 0.4)) != repr(Degraded(CLIP, "dark", 0.3))
    assert Degraded(CLIP, "dark", 0.4).sources == (CLIP,)
