from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.biometrics.looking import Eye, mesh
from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.detector import Detection, FaceDetector
from verify_service.biometrics.face.follower import LANDMARKS_ROLE
from verify_service.biometrics.face.landmarks import (
    LEFT_EYE,
    RIGHT_EYE,
    Landmarker,
    eye_aspect_ratio,
    lip_height,
    pose,
    share_inside,
)
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession
from verify_service.biometrics.limits import Limits


def landmarker(manifest: Manifest) -> Landmarker:
    return Landmarker(ONNXSession(manifest.verified(LANDMARKS_ROLE)), manifest.asset(LANDMARKS_ROLE))


@pytest.fixture(scope="module")
def face(manifest: Manifest, eye: Eye, talking_man: Clip) -> Detection:
    (face,) = FaceDetector(manifest.verified("face_detector")).detect(talking_man.frames[0].image)
    return face


def test_the_lips_are_measured_in_lengths_of_the_nose() -> None:
    assert lip_height(mesh(mouth=0.0)) == pytest.approx(0.5)
    assert lip_height(mesh(mouth=0.3)) == pytest.approx(0.8)


def test_a_picture_that_is_turned_and_squeezed_keeps_the_height_of_its_lips() -> None:
    squeeze = np.array([[0.6, 0.2, 0.0], [-0.1, 0.8, 0.0], [0.0, 0.0, 1.0]], np.float32)

    assert lip_height(mesh(mouth=0.3) @ squeeze) == pytest.approx(lip_height(mesh(mouth=0.3)), rel=1e-4)


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


def test_the_mesh_has_its_eyes_where_the_detector_does(
    manifest: Manifest, limits: Limits, talking_man: Clip, face: Detection
) -> None:
    found = landmarker(manifest).locate(talking_man.frames[0].image, face.box, face.points[:2])

    assert found.mesh.shape == (468, 3)
    assert found.presence > limits.landmarks_presence_min
    centres = [found.mesh[[eye[0], eye[3]], :2].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
    assert np.stack(centres) == pytest.approx(face.points[:2], abs=0.06 * face.box.width)


def test_a_bookshelf_is_no_face(manifest: Manifest, limits: Limits, talking_man: Clip) -> None:
    net = landmarker(manifest)
    eyes = np.array([[40, 60], [80, 60]], np.float32)

    found = net.locate(talking_man.frames[0].image, Box(0, 0, 120, 150), eyes)

    assert found.presence < limits.landmarks_presence_min


def test_a_tilted_head_is_levelled_before_it_is_measured(
    manifest: Manifest, talking_man: Clip, face: Detection
) -> None:
    net = landmarker(manifest)
    image = talking_man.frames[0].image
    upright = net.locate(image, face.box, face.points[:2])
    tilt = cv2.getRotationMatrix2D(face.box.centre, -25, 1.0)
    tilted_image = np.asarray(cv2.warpAffine(image, tilt, image.shape[1::-1]), np.uint8)
    tilted_eyes = (face.points[:2] @ tilt[:, :2].T + tilt[:, 2]).astype(np.float32)

    tilted = net.locate(tilted_image, face.box, tilted_eyes)

    assert pose(tilted.mesh).roll == pytest.approx(pose(upright.mesh).roll + 25, abs=2)
    assert lip_height(tilted.mesh) == pytest.approx(lip_height(upright.mesh), abs=0.05)
