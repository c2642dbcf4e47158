from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Eye, Look
from verify_service.biometrics.comparison.template import ModelsDiffer
from verify_service.biometrics.evidence import CheckResult, Clip, Frame, Template
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.same_person import check


def template(*values: float, model: str = "sface") -> Template:
    return Template(np.array(values, np.float32), model)


def test_the_two_least_similar_frames_decide(limits: Limits) -> None:
    probe = [template(1, 0), template(0.8, 0.6), template(0.6, 0.8)]

    found = check(probe, replace(limits, same_person_similarity_min=0.61))

    assert found.score == pytest.approx(0.6)
    assert (found.result, found.reason) == (CheckResult.FAIL, "person_changed")


def test_a_similarity_equal_to_the_limit_passes(limits: Limits) -> None:
    probe = [template(1, 0), template(0.5, 0.75**0.5)]

    assert check(probe, replace(limits, same_person_similarity_min=0.5)).result is CheckResult.PASS


@pytest.mark.parametrize("probe", [[], [template(1, 0)]])
def test_fewer_than_two_frames_say_nothing(probe: list[Template], limits: Limits) -> None:
    found = check(probe, limits)

    assert (found.result, found.score, found.reason) == (CheckResult.INCONCLUSIVE, None, "not_measured")


def test_frames_of_two_models_are_not_compared(limits: Limits) -> None:
    with pytest.raises(ModelsDiffer):
        check([template(1, 0, model="a"), template(1, 0, model="b")], limits)


def test_the_talking_man_stays_himself(eye: Eye, talking_man: Clip, talking_man_seen: Look) -> None:
    assert check(eye.probe(talking_man, talking_man_seen), eye.limits).result is CheckResult.PASS


def test_another_man_in_the_second_half_is_noticed(
    eye: Eye, talking_man: Clip, demo_media: Callable[[str], Path]
) -> None:
    picture = cv2.imread(str(demo_media("media_portrait")))
    assert picture is not None
    portrait = np.asarray(cv2.resize(picture, (355, 480)), np.uint8)
    frames = [f for f in talking_man.frames if f.at < 2.0]
    swapped = Clip(tuple(Frame(f.at, f.image[:, 120:475] if f.at < 1.0 else portrait) for f in frames), None, 2.0)

    found = check(eye.probe(swapped, eye.look(swapped)), eye.limits)

    assert (found.result, found.reason) == (CheckResult.FAIL, "person_changed")


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("bad/person_swapped_midway.mp4", CheckResult.FAIL),
        ("bad/good_5831.mp4", CheckResult.PASS),
        # These two hold three broken pictures each, at 2.0 and 3.2 s.
        ("digits/s1_648825_19.mp4", CheckResult.PASS),
        ("digits/s1_798894_18.mp4", CheckResult.PASS),
    ],
)
def test_a_clip_of_two_people_is_told_from_a_clip_of_one(
    path: str, result: CheckResult, eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    clip = decoded(shared_media / path)

    assert check(eye.probe(clip, eye.look(clip)), eye.limits).result is result
