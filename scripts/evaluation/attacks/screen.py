"""SYNTHETIC: an old clip played on a screen and filmed again. The sound is the old one, not through a loudspeaker."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from scripts.evaluation.attacks.photo import sway, warped
from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import STEP_SECONDS
from scripts.evaluation.trials import Library
from verify_service.biometrics.evidence import Image


@dataclass(frozen=True)
class ScreenReplay:
    """Screen gamma, moiré, the blur of filming again, a tilt held in the hand, and a flicker that rolls down."""

    source: str
    seed: int

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def make(self, library: Library) -> bytes:
        footage = library.footage(self.source)
        chance = np.random.default_rng(self.seed)
        width, height = footage.size
        gamma = np.asarray(255 * (np.arange(256) / 255) ** chance.uniform(0.75, 1.35), np.uint8)
        blur, depth = chance.uniform(0.5, 1.1), chance.uniform(0.02, 0.08)
        moire = _moire(chance, width, height) * chance.uniform(3, 10)
        hand = [sway(chance, len(footage.images)) for _ in range(2)]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        tilted = (corners + chance.uniform(-0.06, 0.06, (4, 2)) * width).astype(np.float32)
        rolls_hz, rows = chance.uniform(0.5, 4.0), np.linspace(0, 1, height)[:, None, None]

        def shown(image: Image, i: int) -> Image:
            lit = cv2.GaussianBlur(cv2.LUT(image, gamma), (0, 0), blur).astype(np.float32) + moire
            lit *= 1 + depth * np.sin(2 * np.pi * (1.5 * rows + rolls_hz * i * STEP_SECONDS))
            shift = 0.01 * width * np.array([hand[0][i], hand[1][i]])
            matrix = np.asarray(cv2.getPerspectiveTransform(corners, (tilted + shift).astype(np.float32)), np.float64)
            return warped(np.asarray(np.clip(lit, 0, 255), np.uint8), matrix)

        return encode(footage.changed(shown))


def _moire(chance: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Two gratings of nearly one period beat in slow stripes, each colour at its own phase; about −1…1, H×W×3."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = chance.uniform(0, np.pi), chance.uniform(2.2, 4.0)
    along = across * np.cos(angle) + down * np.sin(angle)
    nearly = across * np.cos(angle + 0.03) + down * np.sin(angle + 0.03)
    colours = [
        np.sin(2 * np.pi * along / period + phase) * np.sin(2 * np.pi * nearly / period) for phase in (0.0, 0.7, 1.4)
    ]
    return np.asarray(np.stack(colours, axis=2), np.float32)
