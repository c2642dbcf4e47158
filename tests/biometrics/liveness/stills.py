"""The attack that moves a photograph before the camera: shift, tilt in perspective, flicker and sensor noise."""

from __future__ import annotations

import cv2
import numpy as np

from verify_service.biometrics.evidence import Clip, Frame, Image

RATE_HZ = 12.5


def moved_still(photograph: Image, *, frames: int = 24, seed: int = 7) -> Clip:
    """A clip of one picture held in an unsteady hand."""
    random = np.random.default_rng(seed)
    phases = random.uniform(0, 2 * np.pi, 5)
    return Clip(
        tuple(Frame(i / RATE_HZ, _held(photograph, i / RATE_HZ, phases, random)) for i in range(frames)),
        None,
        frames / RATE_HZ,
    )


def _held(photograph: Image, at: float, phases: np.ndarray, random: np.random.Generator) -> Image:
    height, width = photograph.shape[:2]
    shift_x, shift_y, tilt_x, tilt_y, flicker = np.sin(2 * np.pi * np.array([0.6, 0.8, 0.5, 0.7, 0.4]) * at + phases)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shift = 0.03 * np.array([width * shift_x, height * shift_y])
    tilt = 0.04 * np.array([[tilt_x, 0], [-tilt_x, tilt_y], [tilt_x, -tilt_y], [-tilt_x, 0]]) * [width, height]
    matrix = cv2.getPerspectiveTransform(corners, (corners + shift + tilt).astype(np.float32))
    moved = cv2.warpPerspective(photograph, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    lit = moved * (1 + 0.1 * flicker) + random.normal(0, 3, moved.shape)
    return np.asarray(np.clip(lit, 0, 255), np.uint8)
