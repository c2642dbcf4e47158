"""How the followed face looks: light, sharpness and cover, measured on a crop of one size so that any camera compares."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Clip, Image
from verify_service.biometrics.face.alignment import align
from verify_service.biometrics.face.follower import FaceTrack, FollowedFace

CROP_PIXELS = 56
# Brow to chin, cheek to cheek of the aligned crop: no hair, no background.
FACE_ROWS, FACE_COLUMNS = slice(14, 53), slice(11, 45)
# Rows and columns of the aligned crop (112×112), whose eyes lie at (38, 52) and (74, 52), the corners of the mouth at (42, 92)
# and (71, 92): the nose's ridge, which neither glasses nor beard cover; mouth and chin; the two eyes.
RIDGE = slice(52, 66), slice(44, 68)
MOUTH = slice(86, 104), slice(38, 74)
EYES = (slice(46, 57), slice(30, 46)), (slice(46, 57), slice(66, 82))
PICTURES_LOOKED_AT = 5


@dataclass(frozen=True)
class Appearance:
    """`luma`: mean brightness of the face, 0–255. The others: the functions of their names."""

    face: FollowedFace
    luma: float
    sharpness: float
    detail: float
    mouth_tint: float
    eye_light: float


def appearances(clip: Clip, track: FaceTrack) -> tuple[Appearance, ...]:
    """One for each face of `track.seen`, in their order."""
    looks = []
    for face in track.seen:
        crop = align(clip.frames[face.frame].image, face.place.points)
        grey, colours = face_area(crop), np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2LAB), np.uint8)
        looks.append(
            Appearance(face, float(grey.mean()), sharpness(grey), detail(grey), mouth_tint(colours), eye_light(colours))
        )
    return tuple(looks)


def picture_luma(clip: Clip) -> float | None:
    """Median brightness of whole pictures spread over the clip, 0–255: why no face was seen, perhaps. None without frames."""
    if not clip.frames:
        return None
    chosen = {round(share * (len(clip.frames) - 1) / (PICTURES_LOOKED_AT - 1)) for share in range(PICTURES_LOOKED_AT)}
    # The mean of the grey picture is the grey of the mean colour.
    colours = np.array([cv2.mean(clip.frames[i].image)[:3] for i in sorted(chosen)])
    return float(np.median(colours @ [0.114, 0.587, 0.299]))


def mouth_tint(colours: Image) -> float:
    """How far the colour of mouth and chin lies from that of the nose's ridge: distance in the a, b plane of CIELAB.

    `colours` is an aligned crop in OpenCV's 8-bit Lab. 2 to 16 for a bare or bearded face, some 50 for a blue mask; a mask
    in a skin's colour, or a picture without colour, does not show.
    """
    mouth, ridge = _middle(colours, *MOUTH), _middle(colours, *RIDGE)
    return float(np.hypot(*(mouth - ridge)[1:]))


def eye_light(colours: Image) -> float:
    """Lightness of the eyes over that of the nose's ridge (Lab's L): 0.4 to 1 for open and closed eyes, 0.2 for dark glasses."""
    eyes = np.mean([_middle(colours, *eye)[0] for eye in EYES])
    return float(eyes / max(_middle(colours, *RIDGE)[0], 1.0))


def _middle(colours: Image, rows: slice, columns: slice) -> NDArray[np.float64]:
    return np.asarray(np.median(colours[rows, columns].reshape(-1, 3), axis=0), np.float64)


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


def detail(grey: Image) -> float:
    """The sharpness of the weaker direction, across or down, twice, so that it compares with `sharpness`; 0 for a plain picture.

    A shaken phone smears one direction and leaves the other as it was: smeared by a sixth of the face's width, faces
    measured 0.10 to 0.38 by `sharpness`, as good ones do (0.25 and more), and 0.01 to 0.03 by this (good ones 0.12 and more).
    """
    values = grey.astype(np.float64)
    spread = float(values.var())
    if spread == 0.0:
        return 0.0
    across = values[:, :-2] - 2 * values[:, 1:-1] + values[:, 2:]
    down = values[:-2] - 2 * values[1:-1] + values[2:]
    return 2 * float(min(across.var(), down.var())) / spread
