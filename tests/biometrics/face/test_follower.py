from __future__ import annotations

from dataclasses import replace

from tests.biometrics.looking import Eye, Look, face, mesh
from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.follower import measurable
from verify_service.biometrics.limits import Limits


def test_the_talking_man_is_followed_in_every_frame(talking_man: Clip, talking_man_seen: Look) -> None:
    track = talking_man_seen.track

    assert [followed.frame for followed in track.faces] == list(range(len(talking_man.frames)))
    assert all(followed.landmarks.presence > 10 for followed in track.faces)
    assert (track.picture_width, track.picture_height) == (640, 480)


def test_only_searched_frames_are_seen(talking_man_seen: Look) -> None:
    track = talking_man_seen.track

    assert [seen.at for seen in track.seen] == [sighting.at for sighting in track.sightings]
    assert len(track.seen) < len(track.faces) / 2


def test_a_clip_without_frames_is_an_empty_track(eye: Eye) -> None:
    clip = Clip((), None, 0.0)

    track = eye.follower.follow(clip, eye.follower.search(clip))

    assert (track.sightings, track.places, track.faces) == ((), (), ())


def test_a_turned_cut_or_doubtful_face_is_not_measurable(limits: Limits) -> None:
    limits = replace(limits, face_yaw_degrees_max=30, face_inside_share_min=0.9, landmarks_presence_min=3)
    good = face(0, mesh(yaw=29.9))
    turned = face(1, mesh(yaw=-30.1))
    cut = face(2, mesh(), inside=0.89)
    doubtful = face(3, mesh(), presence=2.9)
    at_both_limits = face(4, mesh(), inside=0.9, presence=3.0)

    assert measurable([good, turned, cut, doubtful, at_both_limits], limits) == (good, at_both_limits)
