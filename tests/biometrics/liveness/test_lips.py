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
from verify_service.biometrics.liveness.lips import check, variation

# When somebody speaks in the clips, as silero VAD hears it.
TALKING_MAN_SPEAKS = (SpeechSpan(0.9, 3.5), SpeechSpan(3.8, 5.0))
GRID_MAN_SPEAKS = (SpeechSpan(0.7, 1.0), SpeechSpan(1.2, 1.6), SpeechSpan(1.7, 2.7))


def mouths(openings: Sequence[float], *, presence: float = 15.0) -> FaceTrack:
    return track_of([face(i, mesh(mouth=opening), presence=presence) for i, opening in enumerate(openings)])


def test_the_variation_is_the_deviation_over_the_mean() -> None:
    assert variation([0.1, 0.3]) == pytest.approx(0.1 / 0.2)
    assert variation([0.25, 0.25, 0.25]) == 0.0


def test_noise_around_a_closed_mouth_is_no_variation() -> None:
    # The deviation is two thirds of the mean, yet nothing opens.
    assert variation([0.001, 0.005]) == pytest.approx(0.002 / 0.15)


def test_only_frames_within_speech_count(limits: Limits) -> None:
    limits = replace(limits, lip_frames_min=3)
    track = mouths([0.0, 0.5, 0.0, 0.2, 0.2, 0.2])

    still_while_speaking = check(track, [SpeechSpan(0.24, 0.40)], limits)

    assert (still_while_speaking.result, still_while_speaking.reason) == (CheckResult.FAIL, "lips_still")
    assert check(track, [SpeechSpan(0.0, 0.16)], limits).result is CheckResult.PASS


def test_a_variation_equal_to_the_limit_passes(limits: Limits) -> None:
    track = mouths([0.1, 0.3])
    limits = replace(limits, lip_frames_min=2, lip_variation_min=variation([f.mouth_opening for f in track.faces]))

    assert check(track, [SpeechSpan(0, 1)], limits).result is CheckResult.PASS


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
