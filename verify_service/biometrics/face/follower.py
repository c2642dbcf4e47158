"""From a clip's frames to the followed face with its mesh: search, follow, locate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2

from verify_service.biometrics.evidence import Clip, SpeechSpan
from verify_service.biometrics.face.detector import FaceDetector
from verify_service.biometrics.face.landmarks import (
    Landmarker,
    Landmarks,
    Pose,
    eye_aspect_ratio,
    lip_height,
    pose,
    share_inside,
)
from verify_service.biometrics.face.moments import due, mesh_moments
from verify_service.biometrics.face.tracking import Place, Sighting, followed, place_at
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession
from verify_service.biometrics.limits import Limits

DETECTOR_ROLE = "face_detector"
LANDMARKS_ROLE = "face_landmarks"
# The detector looks two to three times a second; between two looks the face goes the straight way.
SEARCH_SECONDS = 0.36


@dataclass(frozen=True)
class FollowedFace:
    """The face in one frame. `frame` is the index in the clip; `inside` the share of the mesh within the picture: the
    detector's box shrinks to what it sees of a face that the edge cuts, the mesh does not."""

    frame: int
    place: Place
    inside: float
    landmarks: Landmarks

    @property
    def at(self) -> float:
        return self.place.at

    @cached_property
    def pose(self) -> Pose:
        return pose(self.landmarks.mesh)

    @cached_property
    def eye_opening(self) -> float:
        return eye_aspect_ratio(self.landmarks.mesh)

    @cached_property
    def lip_height(self) -> float:
        return lip_height(self.landmarks.mesh)


@dataclass(frozen=True)
class FaceTrack:
    """The followed face through the clip: every search, the places found, and the frames in which it was located."""

    picture_width: int
    picture_height: int
    sightings: tuple[Sighting, ...]
    places: tuple[Place, ...]
    faces: tuple[FollowedFace, ...]

    @property
    def seen(self) -> tuple[FollowedFace, ...]:
        """The faces in frames that were searched: their five points are measured, not taken from the way between."""
        moments = {place.at for place in self.places}
        return tuple(face for face in self.faces if face.at in moments)


class FaceFollower:
    """Holds the detector and the mesh net; loaded once, used for references and probes alike."""

    def __init__(self, detector: FaceDetector, landmarker: Landmarker) -> None:
        self._detector, self._landmarker = detector, landmarker

    @classmethod
    def load(cls, manifest: Manifest, landmarks_role: str = LANDMARKS_ROLE) -> FaceFollower:
        """Raises ManifestError for a missing or changed file.

        Sets OpenCV, for the whole process, to one thread (a worker process is the unit of parallelism, DESIGN §9) and to
        errors only: OpenCV 5 warns at each load that its new engine knows no other target than the CPU.
        """
        cv2.setNumThreads(1)
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
        mesh = manifest.verified(landmarks_role)
        return cls(
            FaceDetector(manifest.verified(DETECTOR_ROLE)),
            Landmarker(ONNXSession(mesh), manifest.asset(landmarks_role)),
        )

    def search(self, clip: Clip) -> tuple[Sighting, ...]:
        """All faces, two to three times a second."""
        return tuple(Sighting(f.at, self._detector.detect(f.image)) for f in due(clip.frames, SEARCH_SECONDS))

    def follow(self, clip: Clip, sightings: Sequence[Sighting], speech: Sequence[SpeechSpan] = ()) -> FaceTrack:
        """The mesh of the one face that is followed, where its place is known: in every frame of a clip of usual length,
        in bursts through a long one (`mesh_moments`), and wherever the detector looked."""
        places = followed(sightings)
        wanted = mesh_moments(clip.frames, speech) | {sighting.at for sighting in sightings}
        height, width = clip.frames[0].image.shape[:2] if clip.frames else (0, 0)
        faces = []
        for index, frame in enumerate(clip.frames):
            place = place_at(frame.at, places) if frame.at in wanted else None
            if place is not None:
                landmarks = self._landmarker.locate(frame.image, place.box, place.points[:2])
                faces.append(FollowedFace(index, place, share_inside(landmarks.mesh, width, height), landmarks))
        return FaceTrack(width, height, tuple(sightings), places, tuple(faces))


def measurable(faces: Sequence[FollowedFace], limits: Limits) -> tuple[FollowedFace, ...]:
    """Those that motion may be read from: without these gates a moved print looks alive (design notes MODELS §3)."""
    return tuple(
        face
        for face in faces
        if abs(face.pose.yaw) <= limits.face_yaw_degrees_max
        and face.inside >= limits.face_inside_share_min
        and face.landmarks.presence >= limits.landmarks_presence_min
    )
