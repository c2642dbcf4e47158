from __future__ import annotations

from tests.biometrics.looking import Eye, Look, face, mesh
from verify_service.biometrics.comparison.best_frames import best_frames
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.quality.appearance import Appearance


def look(frame: int, sharpness: float, *, yaw: float = 0.0, presence: float = 15.0) -> Appearance:
    return Appearance(
        face(frame, mesh(yaw=yaw), presence=presence),
        luma=120,
        sharpness=sharpness,
        detail=sharpness,
        mouth_tint=5,
        eye_light=0.7,
    )


def test_each_stretch_of_the_clip_gives_its_sharpest_frame(limits: Limits) -> None:
    looks = [look(0, 0.6), look(1, 0.9), look(2, 0.7), look(3, 0.8), look(4, 0.7)]

    assert [chosen.frame for chosen in best_frames(looks, limits, count=2)] == [1, 3]


def test_a_frontal_frame_is_preferred_to_a_turned_one(limits: Limits) -> None:
    looks = [look(0, 0.8, yaw=25), look(1, 0.79)]

    assert [chosen.frame for chosen in best_frames(looks, limits, count=1)] == [1]


def test_a_broken_picture_is_not_taken_for_a_sharp_one(limits: Limits) -> None:
    looks = [look(0, 0.5), look(1, 3.0), look(2, 0.6)]

    assert [chosen.frame for chosen in best_frames(looks, limits, count=1)] == [2]


def test_a_stretch_that_looks_broken_throughout_still_gives_a_frame(limits: Limits) -> None:
    # Else whoever takes over with a sharper picture would never be compared.
    looks = [look(frame, 0.5) for frame in range(6)] + [look(6, 3.0), look(7, 3.1), look(8, 3.0)]

    assert [chosen.frame for chosen in best_frames(looks, limits, count=3)] == [0, 3, 7]


def test_frames_that_may_not_be_measured_are_not_compared(limits: Limits) -> None:
    assert best_frames([look(0, 0.8, presence=0.0), look(1, 0.8, yaw=60)], limits) == ()
    assert best_frames([], limits) == ()


def test_a_single_frame_is_its_own_best(limits: Limits) -> None:
    assert [chosen.frame for chosen in best_frames([look(7, 0.8)], limits)] == [7]


def test_the_talking_mans_three_best_frames_are_spread_over_his_clip(eye: Eye, talking_man_seen: Look) -> None:
    chosen = best_frames(talking_man_seen.looks, eye.limits)

    assert len(chosen) == 3
    assert chosen[-1].at - chosen[0].at > 2.0
