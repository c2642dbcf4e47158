from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Eye, Look
from verify_service.biometrics.comparison.compare import check
from verify_service.biometrics.comparison.reference import reference_template
from verify_service.biometrics.comparison.template import ModelsDiffer, NoTemplates
from verify_service.biometrics.evidence import CheckResult, Clip, Image, Template
from verify_service.biometrics.limits import Limits


def template(*values: float, model: str = "sface") -> Template:
    return Template(np.array(values, np.float32), model)


def picture(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


def test_a_similarity_equal_to_the_limit_passes(limits: Limits) -> None:
    found = check([template(1, 0)], [template(0.5, 0.75**0.5)], replace(limits, comparison_similarity_min=0.5))

    assert (found.result, found.score, found.limit) == (CheckResult.PASS, 0.5, 0.5)


def test_a_similarity_below_the_limit_fails_for_the_comparison(limits: Limits) -> None:
    found = check([template(1, 0)], [template(0.5, 0.75**0.5)], replace(limits, comparison_similarity_min=0.5001))

    assert (found.result, found.reason) == (CheckResult.FAIL, "comparison")


def test_several_references_count_by_their_mean(limits: Limits) -> None:
    found = check([template(1, 0), template(0, 1)], [template(1, 0)], limits)

    assert found.score == pytest.approx(0.5**0.5)


def test_without_a_frame_to_compare_nothing_passes(limits: Limits) -> None:
    found = check([template(1, 0)], [], limits)

    assert (found.result, found.score, found.reason) == (CheckResult.INCONCLUSIVE, None, "not_measured")


def test_without_a_reference_there_is_no_comparison(limits: Limits) -> None:
    with pytest.raises(NoTemplates):
        check([], [template(1, 0)], limits)


def test_a_reference_of_another_model_is_not_compared(limits: Limits) -> None:
    with pytest.raises(ModelsDiffer):
        check([template(1, 0, model="dlib")], [template(1, 0)], limits)


def test_the_talking_man_is_himself_and_not_the_man_of_the_portrait(
    eye: Eye, talking_man: Clip, talking_man_seen: Look, demo_media: Callable[[str], Path]
) -> None:
    own = reference_template(talking_man.frames[0].image, eye.follower, eye.embedder, eye.limits)
    other = reference_template(picture(demo_media("media_portrait")), eye.follower, eye.embedder, eye.limits)
    probe = eye.probe(talking_man, talking_man_seen)

    assert check([own], probe, eye.limits).result is CheckResult.PASS
    assert check([other], probe, eye.limits).result is CheckResult.FAIL


def test_a_good_clip_is_the_man_of_its_reference_and_nobody_else(
    eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    clip = decoded(shared_media / "bad" / "good_5831.mp4")
    probe = eye.probe(clip, eye.look(clip))
    results = []
    for name in ("reference_s1.jpg", "reference_other.jpg"):
        reference = reference_template(picture(shared_media / name), eye.follower, eye.embedder, eye.limits)
        results.append(check([reference], probe, eye.limits).result)

    assert results == [CheckResult.PASS, CheckResult.FAIL]
