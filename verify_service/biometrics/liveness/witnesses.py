"""Frames that must show the same person as the ones that are compared: those that the signs of life rest on.

Compared are a few frames at moments that anybody can foretell, while the lips are read from all the others. Without these
witnesses a photograph shown in every fifth frame is recognised, and the stranger in the rest says the words.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Clip, Image
from verify_service.biometrics.face.alignment import MESH_PLACES, MESH_TEMPLATE, TEMPLATE_PIXELS, similarity_transform
from verify_service.biometrics.face.follower import FaceTrack, FollowedFace, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.lips import bend, rows_of_five

PASSED_OVER = 2
SIDE = 28  # a face of 28×28 in grey tells two people apart well enough to choose the frame that is embedded
FACE_ROWS, FACE_COLUMNS = slice(7, 27), slice(5, 23)  # brow to chin, cheek to cheek


def witnesses(
    clip: Clip, track: FaceTrack, compared: Sequence[FollowedFace], limits: Limits
) -> tuple[FollowedFace, ...]:
    """A face that looks least like the first one compared, and one at the lips' strongest movement; none without a face.

    Of both the third in order, where there are three: a frame or two may be broken (a lost key frame leaves grey remains),
    and nobody speaks in two frames. In the composite of a stranger's clip with another's picture in every fifth frame the
    lowest cosine is 0.03; in 45 honest clips 0.74 and more.
    """
    faces = measurable(track.faces, limits)
    if not faces or not compared:
        return ()
    looks = np.stack([_look(clip, face) for face in (compared[0], *faces)])
    order = np.argsort(looks[1:] @ looks[0], kind="stable")
    odd = faces[int(order[min(PASSED_OVER, len(order) - 1)])]
    rows = sorted(rows_of_five(faces), key=lambda row: -bend(*row))
    moving = [rows[min(PASSED_OVER, len(rows) - 1)][1]] if rows else []
    return tuple({face.frame: face for face in (odd, *moving)}.values())


def _look(clip: Clip, face: FollowedFace) -> NDArray[np.float32]:
    """The face in grey, small, its mean taken off, at unit length; placed by its mesh, since places between searches lie."""
    own = np.array([face.landmarks.mesh[list(place), :2].mean(axis=0) for place in MESH_PLACES], np.float32)
    matrix = similarity_transform(own, MESH_TEMPLATE * (SIDE / TEMPLATE_PIXELS))
    image: Image = clip.frames[face.frame].image
    small = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)[FACE_ROWS, FACE_COLUMNS].astype(np.float32).ravel()
    grey -= grey.mean()
    return np.asarray(grey / max(float(np.linalg.norm(grey)), 1e-6), np.float32)
