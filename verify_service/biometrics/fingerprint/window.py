"""The square about the face that a fingerprint looks at: laid by the face, so that crop, resize and shift do not move it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Clip, Image
from verify_service.biometrics.face.tracking import Place

PATCH_PIXELS = 60
# Half the square's side in distances from the eyes' middle to the mouth's: face, hair and shoulders, and little room.
HALF_SIDE = 2.2

Patches = NDArray[np.uint8]


@dataclass(frozen=True)
class Window:
    """A square of the picture: its centre and half its side, in pixels."""

    x: float
    y: float
    half_side: float


def window_of(places: Sequence[Place]) -> Window | None:
    """One window for the whole clip, by the middle of all places; None where no face was seen.

    It stays where it is while the head moves: that movement is what the clip is known by. Eyes to mouth and not eye to
    eye, since a face turned aside keeps that length.
    """
    if not places:
        return None
    points = np.stack([place.points for place in places]).astype(np.float64)
    eyes, mouth = points[:, :2].mean(axis=1), points[:, 3:].mean(axis=1)
    size = float(np.median(np.linalg.norm(mouth - eyes, axis=1)))
    x, y = np.median((eyes + mouth) / 2, axis=0)
    return Window(float(x), float(y), HALF_SIDE * size) if size > 0 else None


def patches(clip: Clip, window: Window) -> Patches:
    """The window in every frame: frames × 60 × 60, grey, 0–255; beyond the picture's edge the edge goes on."""
    step = 2 * window.half_side / PATCH_PIXELS
    left, top = window.x - window.half_side, window.y - window.half_side
    matrix = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
    return np.stack([_patch(frame.image, matrix) for frame in clip.frames])


def _patch(image: Image, matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(image, matrix, (PATCH_PIXELS, PATCH_PIXELS), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY), np.uint8)
