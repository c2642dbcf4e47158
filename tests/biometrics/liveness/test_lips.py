from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.biometrics.liveness.stills import moved_still
from tests.biometrics.looking import Eye, Look, face, mesh, track_of
from verify_service.biometrics.evidence import CheckResult, Clip, SpeechSpan
from verify_service.biometrics.face.follower import FaceTrack
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.lips import check, movement

# When somebody speaks in the clips, as silero VAD hears it.
TALKING_MAN_SPEAKS = (SpeechSpan(0.9, 3.5), SpeechSpan(3.8, 5.0))
GRID_MAN_SPEAKS = (SpeechSpan(0.7, 1.0), SpeechSpan(1.2, 1.6), SpeechSpan(1.7, 2.7))


def mouths(openings: Sequence[float], *, presence: float = 15.0) -> FaceTrack:
    return track_of([face(i, mesh(mouth=opening), presence=presence) for i, opening in enumerate(openings)])


def test_the_movement_is_how_far_the_lips_are_from_the_mean_of_their_neighbours(limits: Limits) -> None:
    limits = replace(limits, lip_frames_min=1)

    assert check(mouths([0.0, 0.9, 0.3, 0.9, 0.2]), [SpeechSpan(0, 1)], limits).score == pytest.approx(0.2, abs=1e-5)


def test_one_frame_gone_wrong_does_not_speak() -> None:
    assert movement([0.005] * 9 + [0.3]) == pytest.approx((9 * 0.005 + 0.015) / 10)


def test_lips_that_open_evenly_move_as_a_hand_would_move_them(limits: Limits) -> None:
    found = check(mouths([0.02 * step for step in range(20)]), [SpeechSpan(0, 2)], limits)

    assert found.score == pytest.approx(0, abs=1e-5)


def test_frames_that_are_rare_are_no_neighbours(limits: Limits) -> None:
    every_other = track_of([face(2 * index, mesh(mouth=0.3 * (index % 2))) for index in range(20)])

    assert check(every_other, [SpeechSpan(0, 4)], limits).reason == "not_measured"


def test_only_frames_within_speech_count(limits: Limits) -> None:
    limits = replace(limits, lip_frames_min=1)
    track = mouths([0.0, 0.2, 0.5, 0.2, 0.0, 0.2, 0.2, 0.2, 0.2, 0.2])

    still_while_speaking = check(track, [SpeechSpan(0.56, 0.72)], limits)

    assert (still_while_speaking.result, still_while_speaking.reason) == (CheckResult.FAIL, "lips_still")
    assert check(track, [SpeechSpan(0.1, 0.2)], limits).result is CheckResult.PASS


def test_a_movement_equal_to_the_limit_passes(limits: Limits) -> None:
    track = mouths([0.1, 0.2, 0.3, 0.2, 0.1])
    limits = replace(limits, lip_frames_min=1)
    score = check(track, [SpeechSpan(0, 1)], limits).score
    assert score is not None

    assert check(track, [SpeechSpan(0, 1)], replace(limits, lip_movement_min=score)).result is CheckResult.PASS


def test_frames_that_may_not_be_measured_do_not_count(limits: Limits) -> None:
    found = check(mouths([0.0, 0.5] * 10, presence=0.0), [SpeechSpan(0, 10)], limits)

    assert (found.result, found.score, found.reason) == (CheckResult.INCONCLUSIVE, None, "not_measured")


def test_without_speech_nothing_is_known_of_the_lips(limits: Limits) -> None:
    found = check(mouths([0.0, 0.5] * 10), [], limits)

    assert (found.result, found.score, found.reason) == (CheckResult.INCONCLUSIVE, None, "speech_unclear")


def test_without_a_face_nothing_is_known_of_the_lips(limits: Limits) -> None:
    found = check(FaceTrack(0, 0, (), (), ()), [SpeechSpan(0, 10)], replace(limits, lip_frames_min=0))

    assert found.result is CheckResult.INCONCLUSIVE


def test_the_talking_mans_lips_move(talking_man_seen: Look, limits: Limits) -> None:
    assert check(talking_man_seen.track, TALKING_MAN_SPEAKS, limits).result is CheckResult.PASS


@pytest.mark.parametrize("at", [0.0, 2.3])  # mouth closed, mouth open
def test_a_moved_still_of_the_talking_man_keeps_its_lips_still(at: float, eye: Eye, talking_man: Clip) -> None:
    photograph = next(frame.image for frame in talking_man.frames if frame.at >= at)

    found = check(eye.look(moved_still(photograph)).track, [SpeechSpan(0.0, 1.9)], eye.limits)

    assert (found.result, found.reason) == (CheckResult.FAIL, "lips_still")


@pytest.mark.parametrize(("name", "result"), [("good_5831", CheckResult.PASS), ("still_photo_moved", CheckResult.FAIL)])
def test_the_same_voice_over_the_man_and_over_his_photograph(
    name: str, result: CheckResult, eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    look = eye.look(decoded(shared_media / "bad" / f"{name}.mp4"))

    assert check(look.track, GRID_MAN_SPEAKS, eye.limits).result is result
