"""The eye's stages in a row, and faces made by hand where a test needs exact numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from verify_service.biometrics.comparison.best_frames import best_frames
from verify_service.biometrics.comparison.embedder import Embedder
from verify_service.biometrics.comparison.probe import embed_faces
from verify_service.biometrics.evidence import Check, CheckResult, Clip, Frame, Image, Template
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.detector import Detection
from verify_service.biometrics.face.follower import FaceFollower, FaceTrack, FollowedFace
from verify_service.biometrics.face.landmarks import (
    CHIN,
    FOREHEAD,
    LEFT_EYE,
    LOWER_LIP,
    NOSE_BASE,
    NOSE_TOP,
    RIGHT_EYE,
    UPPER_LIP,
    Landmarks,
    Mesh,
)
from verify_service.biometrics.face.tracking import Place, Sighting, followed
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.quality.appearance import Appearance, appearances
from verify_service.biometrics.quality.checks import checks

BOX = Box(100, 100, 100, 140)
POINTS = np.array([[130, 150], [170, 150], [150, 175], [132, 205], [168, 205]], np.float32)


@dataclass(frozen=True)
class Look:
    """What was seen of a clip."""

    track: FaceTrack
    looks: tuple[Appearance, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Eye:
    follower: FaceFollower
    embedder: Embedder
    limits: Limits

    def look(self, clip: Clip) -> Look:
        track = self.follower.follow(clip, self.follower.search(clip))
        looks = appearances(clip, track)
        return Look(track, looks, checks(track, looks, self.limits))

    def probe(self, clip: Clip, look: Look) -> tuple[Template, ...]:
        return embed_faces(clip, best_frames(look.looks, self.limits), self.embedder)


def first_seconds(clip: Clip, seconds: float, change: Callable[[Image], Image] = lambda image: image) -> Clip:
    """The clip's beginning, each picture changed."""
    return Clip(tuple(Frame(f.at, change(f.image)) for f in clip.frames if f.at < seconds), None, seconds)


def reasons(found: Sequence[Check]) -> set[str]:
    """Why the checks that do not pass do not."""
    return {str(check.reason) for check in found if check.result is not CheckResult.PASS}


def mesh(*, mouth: float = 0.0, eyes: float = 0.3, yaw: float = 0.0) -> Mesh:
    """A mesh of which only the points that are read are set: lips half a nose high and `mouth` more, the eyes' ratio as given,
    the head turned by `yaw` degrees."""
    points = np.zeros((468, 3), np.float32)
    for corners, left in ((RIGHT_EYE, 120.0), (LEFT_EYE, 180.0)):
        inward = 20.0 if left < 150 else -20.0
        outer, upper_1, upper_2, inner, lower_1, lower_2 = corners
        points[[outer, inner], :2] = [left, 150], [left + inward, 150]
        points[[upper_1, upper_2], :2] = [left + inward / 2, 150 - 10 * eyes]
        points[[lower_1, lower_2], :2] = [left + inward / 2, 150 + 10 * eyes]
    points[[NOSE_TOP, NOSE_BASE], :2] = [150, 150], [150, 190]
    points[[UPPER_LIP, LOWER_LIP], :2] = [150, 195], [150, 195 + 40 * (0.5 + mouth)]
    points[FOREHEAD, :2], points[CHIN, :2] = [150, 110], [150, 230]
    points[LEFT_EYE[0], 2] = 60 * np.tan(np.radians(yaw))
    return points


def face(frame: int, points: Mesh, *, presence: float = 15.0, inside: float = 1.0) -> FollowedFace:
    """A followed face in frame `frame` of a clip with 12.5 frames a second."""
    return FollowedFace(frame, Place(frame * 0.08, BOX, POINTS), inside, Landmarks(points, presence))


def track_of(faces: Sequence[FollowedFace]) -> FaceTrack:
    """A track in which every frame was searched and the one face found."""
    sightings = tuple(Sighting(f.at, (Detection(f.place.box, f.place.points, 0.9),)) for f in faces)
    return FaceTrack(360, 288, sightings, followed(sightings), tuple(faces))
