"""The square crop that an embedder sees: eyes, nose and mouth always at the same places."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Image
from verify_service.biometrics.face.detector import Points

# ArcFace's five places in a 112×112 picture (Deng et al. 2019), the order of Detection.points. SFace and the InsightFace
# nets were trained on crops made to them.
TEMPLATE_PIXELS = 112
TEMPLATE: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)

# The same five places as the mesh net sees them: where they lie when a face is aligned by the detector's points (medians
# over 937 pictures of lfw/).
MESH_TEMPLATE: Points = np.array(
    [[37.10, 53.39], [73.50, 53.07], [55.17, 72.11], [40.37, 92.32], [71.25, 92.01]], np.float32
)
# Indices of MediaPipe's canonical face: corners and lids of each eye, the tip of the nose, the corners of the mouth.
MESH_PLACES = ((33, 133, 159, 145), (263, 362, 386, 374), (4,), (61,), (291,))


def similarity_transform(source: Points, target: Points) -> NDArray[np.float64]:
    """The 2×3 matrix (turn, one scale, shift; never a mirror) that brings N×2 points nearest to others in least squares.

    In complex numbers the best turn and scale is ⟨source, target⟩ / ⟨source, source⟩ of the centred points. Raises
    ValueError if all source points are one.
    """
    from_points, to_points = _complex(source), _complex(target)
    from_centre, to_centre = from_points.mean(), to_points.mean()
    spread = float((np.abs(from_points - from_centre) ** 2).sum())
    if spread == 0.0:
        raise ValueError("points that all fall together have no direction")
    turn = complex(np.vdot(from_points - from_centre, to_points - to_centre)) / spread
    shift = to_centre - turn * from_centre
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def align(image: Image, points: Points, size: int = TEMPLATE_PIXELS) -> Image:
    """The face as `size`×`size`×3 BGR, levelled and scaled to the template; beyond the picture's edge the edge goes on."""
    return _warped(image, similarity_transform(points, TEMPLATE * (size / TEMPLATE_PIXELS)), size)


def align_for_comparison(image: Image, points: Points, mesh: NDArray[np.float32], size: int = TEMPLATE_PIXELS) -> Image:
    """As `align`, by the detector's five points (5×2) and the same five of the mesh (N×3, MediaPipe's order) together.

    Two nets that err independently place a face better than one: FNMR at FMR 1e-4 fell from 2.0 to 1.4 % with SFace and from
    1.5 to 1.0 % with both embedders (1,002 genuine comparisons of lfw/), and the mesh is there anyway.
    """
    own = np.array([mesh[list(place), :2].mean(axis=0) for place in MESH_PLACES], np.float32)
    target = np.vstack([TEMPLATE, MESH_TEMPLATE]) * (size / TEMPLATE_PIXELS)
    return _warped(image, similarity_transform(np.vstack([points, own]), target), size)


def _warped(image: Image, matrix: NDArray[np.float64], size: int) -> Image:
    # Not black beyond the edge: a cut face would be measured as dark.
    crop = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def _complex(points: Points) -> NDArray[np.complex128]:
    return points[:, 0].astype(np.float64) + 1j * points[:, 1].astype(np.float64)
