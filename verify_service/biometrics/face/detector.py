"""Faces in one picture, by YuNet. Reference photos and clips go through this one path: the points of two runtimes differ
by up to 2.4 px (design notes MODELS §1), and that difference would end in the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Image
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.reduced import reduced

Points = NDArray[np.float32]

# Long side to which a picture is reduced before the search. CPU ms a picture on the build machine (2 shared cores, one
# thread): 160 px 2.7, 240 px 6.1, 320 px 9.8, 480 px 22, 640 px 37; ONNX Runtime at its fixed 640×640: 27.
SEARCH_PIXELS = 320
SCORE_MIN = 0.6  # of YuNet's own 0–1 confidence; a face below is not reported
OVERLAP_MAX = 0.3  # of two boxes before the weaker is taken for the same face (opencv_zoo's value)
CANDIDATES_MAX = 50


@dataclass(frozen=True)
class Detection:
    """A face: its box, five points (5×2 px: right eye, left eye, nose tip, right and left mouth corner; the person's
    own right, at the left of the picture) and the detector's confidence, 0–1."""

    box: Box
    points: Points
    score: float


class FaceDetector:
    """YuNet through OpenCV, which takes any picture size."""

    def __init__(self, weights: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(
            str(weights), "", (SEARCH_PIXELS, SEARCH_PIXELS), SCORE_MIN, OVERLAP_MAX, CANDIDATES_MAX
        )

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """All faces of a picture (H×W×3, BGR), the widest first, in the picture's own pixels."""
        searched, scale = reduced(image, SEARCH_PIXELS)
        self._net.setInputSize((searched.shape[1], searched.shape[0]))
        rows = self._net.detect(searched)[1]
        found = [] if rows is None else [_detection(row / scale, float(row[14])) for row in rows]
        return tuple(sorted(found, key=lambda face: face.box.width, reverse=True))


def _detection(row: NDArray[np.float32], score: float) -> Detection:
    left, top, width, height = (float(value) for value in row[:4])
    return Detection(Box(left, top, width, height), row[4:14].reshape(5, 2).astype(np.float32), score)
