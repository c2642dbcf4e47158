from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.biometrics.looking import Eye, Look, face, mesh, track_of
from verify_service.biometrics.evidence import CheckResult, Clip, SpeechSpan
from verify_service.biometrics.face.follower import FaceTrack
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.lip_timing import check, lag_gain

MOMENTS = [index * 0.08 for index in range(50)]
# Closed, opening and closing from 1 to 2 s, closed.
OPENINGS = [0.3 * (index % 2) if 1.0 <= moment <= 2.0 else 0.0 for index, moment in enumerate(MOMENTS)]


def speaking_track() -> FaceTrack:
    return track_of([face(index, mesh(mouth=opening)) for index, opening in enumerate(OPENINGS)])


def test_lips_that_move_while_the_voice_speaks_gain_nothing_elsewhere() -> None:
    gain = lag_gain(MOMENTS, OPENINGS, [SpeechSpan(1.0, 2.0)])

    assert gain is not None
    assert gain < 0


@pytest.mark.parametrize("late", [1.0, -0.9])
def test_a_voice_laid_a_second_beside_the_lips_fits_another_moment_better(late: float) -> None:
    gain = lag_gain(MOMENTS, OPENINGS, [SpeechSpan(1.0 + late, 2.0 + late)])

    assert gain is not None
    assert gain > 0.5


@pytest.mark.parametrize("speech", [[], [SpeechSpan(-10, 10)]])
def test_where_speech_never_begins_nor_ends_no_shift_shows(speech: list[SpeechSpan], limits: Limits) -> None:
    assert lag_gain(MOMENTS, OPENINGS, speech) is None
    assert check(speaking_track(), speech, limits) is None


def test_lips_that_never_move_fit_no_moment() -> None:
    assert lag_gain(MOMENTS, [0.2] * 50, [SpeechSpan(1.0, 2.0)]) is None


def test_lips_that_fit_no_moment_well_gain_nothing() -> None:
    noise = np.random.default_rng(3).uniform(0, 0.3, 50).tolist()

    gain = lag_gain(MOMENTS, noise, [SpeechSpan(1.0, 2.0)])

    assert gain is not None
    assert gain <= 0


def test_too_few_frames_are_not_compared(limits: Limits) -> None:
    assert check(track_of([face(i, mesh(mouth=0.3 * (i % 2))) for i in range(5)]), [SpeechSpan(0, 0.2)], limits) is None


def test_a_late_voice_is_a_finding_and_a_timely_one_is_not(limits: Limits) -> None:
    timely = check(speaking_track(), [SpeechSpan(1.0, 2.0)], limits)
    late = check(speaking_track(), [SpeechSpan(2.0, 3.0)], limits)

    assert timely is not None
    assert timely.result is CheckResult.PASS
    assert late is not None
    assert (late.result, late.reason) == (CheckResult.FAIL, "lips_apart_from_sound")


def test_the_talking_mans_lips_keep_time(talking_man_seen: Look, limits: Limits) -> None:
    found = check(talking_man_seen.track, [SpeechSpan(0.9, 3.5), SpeechSpan(3.8, 5.0)], limits)

    assert found is not None
    assert found.result is CheckResult.PASS


@pytest.mark.parametrize(
    ("name", "speech", "result"),
    [
        ("good_5831", [(0.71, 0.99), (1.19, 1.57), (1.73, 2.21), (2.31, 2.75)], CheckResult.PASS),
        ("sound_late_1s", [(1.67, 2.11), (2.18, 3.2), (3.3, 3.74)], CheckResult.FAIL),
    ],
)
def test_of_one_man_with_and_without_a_late_sound(
    name: str,
    speech: list[tuple[float, float]],
    result: CheckResult,
    eye: Eye,
    shared_media: Path,
    decoded: Callable[[Path], Clip],
) -> None:
    look = eye.look(decoded(shared_media / "bad" / f"{name}.mp4"))

    found = check(look.track, [SpeechSpan(*span) for span in speech], eye.limits)

    assert found is not None
    assert found.result is result
