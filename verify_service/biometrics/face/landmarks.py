"""The face's mesh (MediaPipe's 468 points, with or without the ten of the irises), and what is read off it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Image
from verify_service.biometrics.face.alignment import similarity_transform
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.detector import Points
from verify_service.biometrics.inference.manifest import Asset
from verify_service.biometrics.inference.onnx import InferenceSession

Mesh = NDArray[np.float32]

# Side of the square that the net sees, in longer sides of the face's box (design notes MODELS §1).
SQUARE_MARGIN = 1.5
MESH_POINTS_MIN = 468

# Indices of MediaPipe's canonical face. Eyes: outer corner, two of the upper lid, inner corner, two of the lower lid.
RIGHT_EYE = (33, 160, 158, 133, 153, 144)
LEFT_EYE = (263, 387, 385, 362, 380, 373)
# Middle of the outer lips' edges, and the nose from between the eyes to where the upper lip begins.
UPPER_LIP, LOWER_LIP = 0, 17
NOSE_TOP, NOSE_BASE = 168, 2
FOREHEAD, CHIN = 10, 152


@dataclass(frozen=True)
class Pose:
    """Degrees. Yaw: turned to the picture's right positive; pitch: chin forward (looking up) positive; roll: clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True)
class Landmarks:
    """N×3 points in pixels of the picture (z: the same scale, away from the camera positive), and the net's logit that
    the square holds a face at all."""

    mesh: Mesh
    presence: float


class Landmarker:
    """A net of the manifest's landmark roles; N (468 or 478) is read from what it returns."""

    def __init__(self, session: InferenceSession, asset: Asset) -> None:
        self._session = session
        self._size, self._scale = int(asset.input["size"]), np.float32(asset.input["scale"])

    def locate(self, image: Image, box: Box, eyes: Points) -> Landmarks:
        """The mesh of the face in `box`; `eyes` (2×2 px: right, left) say how the head is tilted."""
        matrix = _to_square(box, eyes, self._size)
        square = cv2.warpAffine(image, matrix, (self._size, self._size), flags=cv2.INTER_LINEAR)
        # OpenCV turns the colours round in a twentieth of numpy's time.
        picture = np.multiply(cv2.cvtColor(square, cv2.COLOR_BGR2RGB), 1 / self._scale, dtype=np.float32)
        outputs = self._session.run({self._session.input_names[0]: picture[None]})
        mesh = next(o for o in outputs if o.size >= 3 * MESH_POINTS_MIN).reshape(-1, 3)
        presence = next(o for o in outputs if o.size == 1)
        return Landmarks(_to_picture(mesh, matrix), float(presence.reshape(())))


def pose(mesh: Mesh) -> Pose:
    """From the net's own depths: the line of the outer eye corners, and the line from forehead to chin."""
    across = mesh[LEFT_EYE[0]] - mesh[RIGHT_EYE[0]]
    down = mesh[CHIN] - mesh[FOREHEAD]
    return Pose(
        yaw=_degrees(across[2], float(np.hypot(across[0], across[1]))),
        pitch=-_degrees(down[2], float(np.hypot(down[0], down[1]))),
        roll=_degrees(across[1], across[0]),
    )


def share_inside(mesh: Mesh, picture_width: int, picture_height: int) -> float:
    """Share of the mesh's points, 0–1, that lie within the picture."""
    across = (mesh[:, 0] >= 0) & (mesh[:, 0] < picture_width)
    down = (mesh[:, 1] >= 0) & (mesh[:, 1] < picture_height)
    return float((across & down).mean())


def eye_aspect_ratio(mesh: Mesh) -> float:
    """Height of the eyes over their width (Soukupová and Čech 2016), mean of both; falls when they close."""
    return (_aspect(mesh, RIGHT_EYE) + _aspect(mesh, LEFT_EYE)) / 2


def lip_height(mesh: Mesh) -> float:
    """From the upper lip's upper edge to the lower lip's lower edge, in lengths of the nose: 0.4–0.6 closed, more when open.

    Both lengths lie along the face's own axis, so a photograph that is turned, tilted or drawn near keeps their ratio (any
    affine map does), and only what the mouth does of itself remains.
    """
    return _length(mesh[LOWER_LIP] - mesh[UPPER_LIP]) / max(_length(mesh[NOSE_BASE] - mesh[NOSE_TOP]), 1e-6)


def _aspect(mesh: Mesh, eye: tuple[int, ...]) -> float:
    outer, upper_outer, upper_inner, inner, lower_inner, lower_outer = (mesh[i] for i in eye)
    opening = _length(upper_outer - lower_outer) + _length(upper_inner - lower_inner)
    return opening / max(2 * _length(outer - inner), 1e-6)


def _to_square(box: Box, eyes: Points, size: int) -> NDArray[np.float64]:
    """Picture → square: the box's centre to the middle, the eyes level."""
    across = eyes[1] - eyes[0]
    across = across / max(float(np.hypot(*across)), 1e-6)
    half = SQUARE_MARGIN * max(box.width, box.height) / 2
    centre = np.array(box.centre, np.float32)
    source = np.array([centre - half * across, centre + half * across], np.float32)
    return similarity_transform(source, np.array([[0, size / 2], [size, size / 2]], np.float32))


def _to_picture(mesh: NDArray[np.float32], matrix: NDArray[np.float64]) -> Mesh:
    back = cv2.invertAffineTransform(matrix)
    flat = mesh[:, :2] @ back[:, :2].T + back[:, 2]
    depth = mesh[:, 2:] * np.hypot(back[0, 0], back[1, 0])
    return np.hstack([flat, depth]).astype(np.float32)


def _length(vector: NDArray[np.float32]) -> float:
    # Flat distances: the nets' depth is a guess, and its noise would look like motion.
    return float(np.hypot(vector[0], vector[1]))


def _degrees(rise: float, run: float) -> float:
    return float(np.degrees(np.arctan2(rise, run)))
