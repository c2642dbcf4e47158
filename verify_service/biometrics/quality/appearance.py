"""How the followed face looks: its light and its sharpness, measured on a crop of one size so that any camera compares."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from verify_service.biometrics.evidence import Clip, Image
from verify_service.biometrics.face.alignment import align
from verify_service.biometrics.face.follower import FaceTrack, FollowedFace

CROP_PIXELS = 56
# Brow to chin, cheek to cheek of the aligned crop: no hair, no background.
FACE_ROWS, FACE_COLUMNS = slice(14, 53), slice(11, 45)


@dataclass(frozen=True)
class Appearance:
    """`luma`: mean brightness of the face, 0–255. `sharpness`: the function of that name."""

    face: FollowedFace
    luma: float
    sharpness: float


def appearances(clip: Clip, track: FaceTrack) -> tuple[Appearance, ...]:
    """One for each face of `track.seen`, in their order."""
    looks = []
    for face in track.seen:
        grey = face_area(align(clip.frames[face.frame].image, face.place.points))
        looks.append(Appearance(face, float(grey.mean()), sharpness(grey)))
    return tuple(looks)


def face_area(crop: Image) -> Image:
    """Brow to chin of an aligned crop (112×112×3, BGR), in grey, at half its size: 39×34.

    Half, because the finest detail is what compression takes first. At full size the sharp but strongly compressed
    talking man (median 0.05) lies beside a badly blurred face (0.02); at half size they are 0.29 and 0.07.
    """
    small = cv2.resize(crop, (CROP_PIXELS, CROP_PIXELS), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)[FACE_ROWS, FACE_COLUMNS]


def sharpness(grey: Image) -> float:
    """Variance of the Laplacian over the variance of the picture; 0 for a plain one.

    The variance of the Laplacian alone falls with the light: a dark picture would be called blurred.
    """
    spread = float(grey.astype(np.float64).var())
    if spread == 0.0:
        return 0.0
    return float(cv2.Laplacian(grey, cv2.CV_64F).var()) / spread
