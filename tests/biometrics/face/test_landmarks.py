from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Eye, mesh
from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.detector import Detection, FaceDetector
from verify_service.biometrics.face.landmarks import (
    LEFT_EYE,
    RIGHT_EYE,
    Landmarker,
    eye_aspect_ratio,
    mouth_aspect_ratio,
    pose,
    share_inside,
)
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession


def landmarker(manifest: Manifest, role: str) -> Landmarker:
    return Landmarker(ONNXSession(manifest.verified(role)), manifest.asset(role))


@pytest.fixture(scope="module")
def face(manifest: Manifest, eye: Eye, talking_man: Clip) -> Detection:
    (face,) = FaceDetector(manifest.verified("face_detector")).detect(talking_man.frames[0].image)
    return face


def test_a_mouth_twice_as_wide_as_open_has_the_ratio_of_a_half() -> None:
    assert mouth_aspect_ratio(mesh(mouth=0.5)) == pytest.approx(0.5)
    assert mouth_aspect_ratio(mesh(mouth=0.0)) == 0.0


def test_the_eyes_ratio_is_their_height_over_their_width() -> None:
    assert eye_aspect_ratio(mesh(eyes=0.3)) == pytest.approx(0.3)
    assert eye_aspect_ratio(mesh(eyes=0.0)) == 0.0


def test_a_mesh_cut_by_two_edges_lies_inside_by_a_quarter() -> None:
    corners = np.array([[-1, -1, 0], [5, -1, 0], [-1, 5, 0], [5, 5, 0]], np.float32)

    assert share_inside(corners, 10, 10) == 0.25
    assert share_inside(corners, 5, 10) == 0.0


@pytest.mark.parametrize("yaw", [-30.0, 0.0, 20.0])
def test_the_turn_of_the_head_is_read_from_the_depth_of_the_eyes(yaw: float) -> None:
    turned = pose(mesh(yaw=yaw))

    assert turned.yaw == pytest.approx(yaw, abs=1e-3)
    assert turned.roll == pytest.approx(0)
    assert turned.pitch == pytest.approx(0)


@pytest.mark.parametrize(("role", "count"), [("face_landmarks", 478), ("face_landmarks_light", 468)])
def test_either_net_finds_the_eyes_where_the_detector_does(
    role: str, count: int, manifest: Manifest, talking_man: Clip, face: Detection
) -> None:
    found = landmarker(manifest, role).locate(talking_man.frames[0].image, face.box, face.points[:2])

    assert found.mesh.shape == (count, 3)
    assert found.presence > 3
    centres = [found.mesh[[eye[0], eye[3]], :2].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
    assert np.stack(centres) == pytest.approx(face.points[:2], abs=0.06 * face.box.width)


def test_a_bookshelf_is_no_face(manifest: Manifest, talking_man: Clip) -> None:
    net = landmarker(manifest, "face_landmarks")
    eyes = np.array([[40, 60], [80, 60]], np.float32)

    found = net.locate(talking_man.frames[0].image, Box(0, 0, 120, 150), eyes)

    assert found.presence < 3


def test_a_tilted_head_is_levelled_before_it_is_measured(
    manifest: Manifest, talking_man: Clip, face: Detection
) -> None:
    net = landmarker(manifest, "face_landmarks")
    image = talking_man.frames[0].image
    upright = net.locate(image, face.box, face.points[:2])
    tilt = cv2.getRotationMatrix2D(face.box.centre, -25, 1.0)
    tilted_image = np.asarray(cv2.warpAffine(image, tilt, image.shape[1::-1]), np.uint8)
    tilted_eyes = (face.points[:2] @ tilt[:, :2].T + tilt[:, 2]).astype(np.float32)

    tilted = net.locate(tilted_image, face.box, tilted_eyes)

    assert pose(tilted.mesh).roll == pytest.approx(pose(upright.mesh).roll + 25, abs=2)
    assert mouth_aspect_ratio(tilted.mesh) == pytest.approx(mouth_aspect_ratio(upright.mesh), abs=0.03)
