from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.biometrics.looking import Eye, Look, face, mesh, track_of
from verify_service.biometrics.evidence import CheckResult, Clip, Sound
from verify_service.biometrics.face.follower import FaceTrack
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.lip_sound import activity, agreement, check, loudness

RATE = 16_000
# Closed, opening and closing from 1 to 2 s, closed.
SPEAKING = [0.3 * (index % 2) if 12 <= index <= 25 else 0.0 for index in range(50)]


def speaking_track() -> FaceTrack:
    return track_of([face(index, mesh(mouth=opening)) for index, opening in enumerate(SPEAKING)])


def voice(begins_at: float, seconds: float = 1.0, starts_at: float = 0.0) -> Sound:
    """Four seconds in which a noise sounds for one."""
    samples = np.random.default_rng(5).normal(0, 0.001, 4 * RATE)
    samples[int(begins_at * RATE) : int((begins_at + seconds) * RATE)] *= 100
    return Sound(samples.astype(np.float32), starts_at)


def test_lips_that_move_while_the_sound_is_loud_agree_with_it(limits: Limits) -> None:
    found = check(speaking_track(), voice(1.0), limits)

    assert found is not None
    assert found.result is CheckResult.PASS
    assert found.score is not None
    assert found.score > 0.8


def test_a_voice_laid_a_second_beside_the_lips_is_a_finding(limits: Limits) -> None:
    found = check(speaking_track(), voice(2.2), limits)

    assert found is not None
    assert (found.result, found.reason) == (CheckResult.FAIL, "lips_apart_from_sound")


def test_the_sounds_own_beginning_on_the_clips_time_counts(limits: Limits) -> None:
    timely = agreement(speaking_track().faces, voice(0.0, starts_at=1.0))

    assert timely == pytest.approx(agreement(speaking_track().faces, voice(1.0)), abs=0.05)


@pytest.mark.parametrize("sound", [None, Sound(np.zeros(0, np.float32)), Sound(np.zeros(4 * RATE, np.float32))])
def test_without_a_sound_that_changes_nothing_is_said(sound: Sound | None, limits: Limits) -> None:
    assert check(speaking_track(), sound, limits) is None


def test_lips_that_never_move_say_nothing(limits: Limits) -> None:
    assert check(track_of([face(index, mesh()) for index in range(50)]), voice(1.0), limits) is None


def test_too_few_frames_are_not_compared(limits: Limits) -> None:
    few = track_of([face(index, mesh(mouth=0.3 * (index % 2))) for index in range(5)])

    assert check(few, voice(1.0), limits) is None


def test_a_score_equal_to_the_limit_passes(limits: Limits) -> None:
    score = agreement(speaking_track().faces, voice(1.0))
    assert score is not None

    found = check(speaking_track(), voice(1.0), replace(limits, lip_sound_correlation_min=score))

    assert found is not None
    assert found.result is CheckResult.PASS


def test_frames_across_a_gap_are_no_neighbours() -> None:
    moments, moving = activity([face(0, mesh(mouth=0.0)), face(1, mesh(mouth=0.3)), face(9, mesh(mouth=0.0))])

    assert moments.tolist() == pytest.approx([0.08])
    assert moving.tolist() == pytest.approx([0.3], abs=1e-5)


def test_beyond_its_ends_a_sound_is_quiet() -> None:
    heard = loudness(voice(0.0, 4.0), np.array([-1.0, 2.0, 9.0]))

    assert heard[0] == heard[2] < heard[1]


def test_the_talking_mans_lips_keep_time(talking_man: Clip, talking_man_seen: Look, limits: Limits) -> None:
    found = check(talking_man_seen.track, talking_man.sound, limits)

    assert found is not None
    assert found.result is CheckResult.PASS


@pytest.mark.parametrize(("name", "result"), [("good_5831", CheckResult.PASS), ("sound_late_1s", CheckResult.FAIL)])
def test_of_one_man_with_and_without_a_late_sound(
    name: str, result: CheckResult, eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    clip = decoded(shared_media / "bad" / f"{name}.mp4")

    found = check(eye.look(clip).track, clip.sound, eye.limits)

    assert found is not None
    assert found.result is result
