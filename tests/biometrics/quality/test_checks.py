from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Eye, Look, face, first_seconds, mesh, reasons, track_of
from verify_service.biometrics.evidence import CheckResult, Clip, Image
from verify_service.biometrics.face.follower import FaceTrack
from verify_service.biometrics.face.tracking import Sighting
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.quality.appearance import Appearance
from verify_service.biometrics.quality.checks import checks, turn

SECONDS = 1.5
GOOD = Appearance(face(0, mesh()), luma=120.0, sharpness=0.5, detail=0.5, mouth_tint=5.0, eye_light=0.7)


def dark(image: Image) -> Image:
    return np.asarray(image // 6, np.uint8)


def bright(image: Image) -> Image:
    return np.asarray(np.clip(image * 1.9 + 20, 0, 255), np.uint8)


def shaken(image: Image) -> Image:
    return np.asarray(cv2.blur(image, (25, 1)), np.uint8)


def blurred(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 5), np.uint8)


def far(image: Image) -> Image:
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.copyMakeBorder(small, 180, 180, 240, 240, cv2.BORDER_CONSTANT), np.uint8)


def twice(image: Image) -> Image:
    return np.hstack([image[:, 100:400], image[:, 100:400]])


def without_face(image: Image) -> Image:
    return np.full_like(image, 128)


def cut_by_the_edge(image: Image) -> Image:
    # The right half of the face only.
    return np.ascontiguousarray(image[:, 240:])


def test_the_talking_man_passes_every_check(talking_man_seen: Look) -> None:
    assert reasons(talking_man_seen.checks) == set()
    assert len(talking_man_seen.checks) == 11


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (dark, "too_dark"),
        (bright, "too_bright"),
        (blurred, "blurred"),
        (shaken, "blurred"),
        (far, "too_far"),
        (twice, "many_faces"),
        (without_face, "no_face"),
    ],
)
def test_each_fault_is_named_and_nothing_else(
    change: Callable[[Image], Image], reason: str, eye: Eye, talking_man: Clip
) -> None:
    look = eye.look(first_seconds(talking_man, SECONDS, change))

    assert reasons(look.checks) == {reason}


def test_a_face_cut_by_the_pictures_edge_is_too_near_and_not_covered(eye: Eye, talking_man: Clip) -> None:
    found = reasons(eye.look(first_seconds(talking_man, SECONDS, cut_by_the_edge)).checks)

    assert "too_near" in found
    assert "face_covered" not in found


def test_a_chin_below_the_pictures_edge_is_too_near(limits: Limits) -> None:
    points = mesh()
    points[[18, 83, 313, 200, 199, 201, 421, 208, 428], 1] = 300  # the picture is 288 high

    cut = replace(track_of([face(0, points)]), picture_width=360, picture_height=288)

    assert reasons(checks(cut, [GOOD], limits)) == {"too_near"}
    assert reasons(checks(replace(cut, picture_height=400), [GOOD], limits)) == set()


def test_two_men_are_many_faces_and_too_far(eye: Eye, two_men: Clip) -> None:
    assert reasons(eye.look(first_seconds(two_men, SECONDS)).checks) == {"many_faces", "too_far"}


def test_where_no_face_was_followed_nothing_else_passes(eye: Eye, talking_man: Clip) -> None:
    found = eye.look(first_seconds(talking_man, SECONDS, without_face)).checks

    assert found[0].result is CheckResult.FAIL
    assert {check.result for check in found[1:]} == {CheckResult.INCONCLUSIVE}
    assert {check.score for check in found[1:]} == {None}


def test_a_clip_without_frames_passes_nothing(limits: Limits) -> None:
    found = checks(FaceTrack(0, 0, (), (), ()), (), limits)

    assert {check.result for check in found} == {CheckResult.INCONCLUSIVE}


@pytest.mark.parametrize(("yaw", "result"), [(19.9, CheckResult.PASS), (-20.1, CheckResult.FAIL)])
def test_a_head_turned_to_either_side_is_turned(yaw: float, result: CheckResult, limits: Limits) -> None:
    track = track_of([face(index, mesh(yaw=yaw)) for index in range(3)])

    assert turn(track, replace(limits, face_yaw_degrees_max=20)).result is result


def test_a_score_equal_to_its_limit_passes(limits: Limits) -> None:
    track = track_of([face(0, mesh())])
    limits = replace(
        limits, face_width_pixels_min=100.0, face_luma_min=120.0, face_luma_max=120.0, face_sharpness_min=0.5
    )

    limits = replace(limits, mouth_tint_distance_max=5.0, eye_light_ratio_min=0.7)

    assert reasons(checks(track, [GOOD], limits)) == set()


def test_a_sharp_whole_face_that_the_mesh_net_does_not_see_is_covered(limits: Limits) -> None:
    track = track_of([face(index, mesh(), presence=1.0) for index in range(3)])
    looks = [replace(GOOD, face=each) for each in track.faces]

    assert reasons(checks(track, looks, limits)) == {"face_covered"}


def test_a_blurred_face_that_the_mesh_net_does_not_see_is_blurred_only(limits: Limits) -> None:
    track = track_of([face(index, mesh(), presence=1.0) for index in range(3)])
    looks = [replace(GOOD, face=each, detail=0.01) for each in track.faces]

    assert reasons(checks(track, looks, limits)) == {"blurred"}


@pytest.mark.parametrize(("picture", "reason"), [(12.0, "too_dark"), (240.0, "too_bright"), (120.0, "no_face")])
def test_where_no_face_was_seen_a_picture_beyond_the_limits_of_light_says_why(
    picture: float, reason: str, limits: Limits
) -> None:
    searched = FaceTrack(360, 288, (Sighting(0.0, ()), Sighting(0.4, ())), (), ())

    found = checks(searched, (), limits, picture)

    assert found[0].reason == reason
    assert not any(check.result is CheckResult.PASS for check in found[:4])


def test_a_face_that_is_lost_now_and_then_is_lost_for_what_is_wrong_with_it(limits: Limits) -> None:
    track = track_of([face(0, mesh())])
    track = replace(track, sightings=(*track.sightings, Sighting(0.4, ()), Sighting(0.8, ())))

    assert reasons(checks(track, [replace(GOOD, detail=0.01)], limits)) == {"blurred"}
    assert reasons(checks(track, [GOOD], limits)) == {"no_face"}


@pytest.mark.parametrize("look", [replace(GOOD, mouth_tint=50.0), replace(GOOD, eye_light=0.15)])
def test_a_mask_or_dark_glasses_are_a_covered_face_unless_the_light_explains_them(
    look: Appearance, limits: Limits
) -> None:
    track = track_of([face(0, mesh())])

    assert reasons(checks(track, [look], limits)) == {"face_covered"}
    assert reasons(checks(track, [replace(look, luma=10.0)], limits)) == {"too_dark"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("good_5831", set()),
        ("dark", {"too_dark"}),
        ("blurred", {"blurred"}),
        ("far_away", {"too_far"}),
        ("two_faces", {"many_faces"}),
        ("no_face", {"no_face"}),
        # What is wrong with these is not the picture's quality.
        ("still_photo_moved", set()),
        ("person_swapped_midway", set()),
    ],
)
def test_bad_clips_fail_for_their_own_reason(
    name: str, expected: set[str], eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    assert reasons(eye.look(decoded(shared_media / "bad" / f"{name}.mp4")).checks) == expected
