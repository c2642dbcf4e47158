"""A picture made smaller before a net looks at it: by area, since a net's own small square would skip pixels."""

from __future__ import annotations

import cv2
import numpy as np

from verify_service.biometrics.evidence import Image


def reduced(image: Image, long_side_max: int) -> tuple[Image, float]:
    """The picture with its longer side at most `long_side_max`, never enlarged, and its scale to the one given, 0–1."""
    height, width = image.shape[:2]
    scale = min(1.0, long_side_max / max(height, width))
    if scale == 1.0:
        return image, scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), scale
