from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.biometrics.looking import Eye
from verify_service.biometrics.comparison.best_frames import best_frames
from verify_service.biometrics.comparison.probe import embed_faces
from verify_service.biometrics.evidence import Check, CheckResult, Clip, Frame
from verify_service.biometrics.face.follower import SEARCH_SECONDS, FaceTrack
from verify_service.biometrics.face.moments import due
from verify_service.biometrics.liveness import same_person
from verify_service.biometrics.liveness.witnesses import witnesses


def same_throughout(eye: Eye, clip: Clip) -> Check:
    look = eye.look(clip)
    best = best_frames(look.looks, eye.limits)
    faces = (*best, *witnesses(clip, look.track, best, eye.limits))
    return same_person.check(embed_faces(clip, faces, eye.embedder), eye.limits)


def test_a_photograph_in_the_frames_that_are_compared_does_not_hide_who_speaks_in_the_others(
    eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    stranger = decoded(shared_media / "grid" / "other_brbk7n.mp4")
    photograph = decoded(shared_media / "grid" / "s1_bbir6n.mp4").frames[10].image
    searched = {frame.at for frame in due(stranger.frames, SEARCH_SECONDS)}
    frames = tuple(Frame(f.at, photograph if f.at in searched else f.image) for f in stranger.frames)

    found = same_throughout(eye, replace(stranger, frames=frames))

    assert (found.result, found.reason) == (CheckResult.FAIL, "person_changed")


@pytest.mark.parametrize("name", ["s1_bbir6n", "other_brbk7n"])
def test_who_speaks_is_whom_the_compared_frames_show(
    name: str, eye: Eye, shared_media: Path, decoded: Callable[[Path], Clip]
) -> None:
    assert same_throughout(eye, decoded(shared_media / "grid" / f"{name}.mp4")).result is CheckResult.PASS


def test_without_a_face_there_is_no_witness(eye: Eye, talking_man: Clip) -> None:
    assert witnesses(talking_man, FaceTrack(0, 0, (), (), ()), (), eye.limits) == ()
