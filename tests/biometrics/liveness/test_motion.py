from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.biometrics.liveness.stills import moved_still
from tests.biometrics.looking import Eye, Look, face, mesh, track_of
from verify_service.biometrics.evidence import CheckResult, Clip
from verify_service.biometrics.face.follower import FaceTrack
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.motion import blink_depth, check, lip_range


@pytest.fixture
def one_second(limits: Limits) -> Limits:
    return replace(limits, motion_frames_min=12, blink_depth_min=0.5, lip_range_min=0.15)


def test_a_blink_is_as_deep_as_it_falls_below_the_persons_own_median() -> None:
    assert blink_depth([0.4, 0.4, 0.1, 0.1, 0.4]) == pytest.approx(0.75)
    assert blink_depth([0.3, 0.3, 0.3]) == 0.0


def test_narrow_eyes_blink_as_deep_as_wide_ones() -> None:
    assert blink_depth([0.12, 0.12, 0.12, 0.03, 0.03]) == pytest.approx(blink_depth([0.4, 0.4, 0.4, 0.1, 0.1]))


def test_noise_around_photographed_closed_eyes_is_no_blink() -> None:
    assert blink_depth([0.02, 0.02, 0.02, 0.0, 0.0]) == pytest.approx(0.2)


def test_one_frame_gone_wrong_does_not_open_the_mouth() -> None:
    assert lip_range([0.1] * 12 + [0.9]) == pytest.approx(0.0)
    assert blink_depth([0.3] * 12 + [0.0]) == pytest.approx(0.0)
    assert lip_range([0.0] * 10 + [0.4] * 10) == pytest.approx(0.4)


def test_either_cue_is_enough_and_the_stronger_one_is_the_score(one_second: Limits) -> None:
    blinking = track_of([face(i, mesh(eyes=0.03 if i in (5, 6) else 0.3)) for i in range(12)])
    speaking = track_of([face(i, mesh(mouth=0.3 * (i % 2))) for i in range(12)])

    assert check(blinking, one_second).score == pytest.approx(0.9 / 0.5, abs=1e-4)
    assert check(speaking, one_second).score == pytest.approx(0.3 / 0.15, abs=1e-4)
    assert {check(track, one_second).result for track in (blinking, speaking)} == {CheckResult.PASS}


def test_a_face_in_which_nothing_moves_fails(one_second: Limits) -> None:
    found = check(track_of([face(i, mesh()) for i in range(12)]), one_second)

    assert (found.result, found.score, found.reason) == (CheckResult.FAIL, 0.0, "no_motion")


def test_too_few_frames_say_nothing(one_second: Limits) -> None:
    found = check(track_of([face(i, mesh(mouth=0.3 * (i % 2))) for i in range(11)]), one_second)

    assert (found.result, found.score) == (CheckResult.INCONCLUSIVE, None)


def test_no_frames_say_nothing_whatever_the_limit(one_second: Limits) -> None:
    found = check(FaceTrack(0, 0, (), (), ()), replace(one_second, motion_frames_min=0))

    assert found.result is CheckResult.INCONCLUSIVE


def test_a_turned_heads_motion_does_not_count(one_second: Limits) -> None:
    track = track_of([face(i, mesh(mouth=0.3 * (i % 2), yaw=45)) for i in range(12)])

    assert check(track, one_second).result is CheckResult.INCONCLUSIVE


def test_the_talking_man_moves(talking_man_seen: Look, limits: Limits) -> None:
    assert check(talking_man_seen.track, limits).result is CheckResult.PASS


@pytest.mark.parametrize("at", [0.0, 1.15])  # eyes open, eyes closed
def test_a_moved_still_of_the_talking_man_does_not_move_of_itself(at: float, eye: Eye, talking_man: Clip) -> None:
    photograph = next(frame.image for frame in talking_man.frames if frame.at >= at)

    found = check(eye.look(moved_still(photograph)).track, eye.limits)

    assert (found.result, found.reason) == (CheckResult.FAIL, "no_motion")


def test_the_moved_photograph_of_the_folder_does_not_move_of_itself(
    eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    look = eye.look(decoded(shared_media / "bad" / "still_photo_moved.mp4"))

    assert check(look.track, eye.limits).reason == "no_motion"
