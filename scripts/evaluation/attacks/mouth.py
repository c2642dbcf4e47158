"""SYNTHETIC: a photograph with a hole at the mouth. Through it the attacker's mouth is seen, or only opens and closes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.attacks.photo import sway
from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import (
    RATE_HZ,
    STEP_SECONDS,
    Footage,
    Points,
    Samples,
    hull_mask,
    laid_over,
    onto,
    steps_of,
)
from scripts.evaluation.trials import Library
from verify_service.biometrics.evidence import Image

# MediaPipe's outer lip line, in order.
OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH_CORNERS = (61, 291)
DARK_OF_A_MOUTH = (35, 25, 45)


@dataclass(frozen=True)
class OpeningHole:
    """The hole shows darkness, as high as the sound is loud; `widest` is its greatest height in mouth widths."""

    picture: str
    moment: float
    sound: str
    widest: float
    seed: int

    @property
    def sources(self) -> tuple[str, ...]:
        return self.picture, self.sound

    def make(self, library: Library) -> bytes:
        footage, samples = library.footage(self.picture), library.sound(self.sound)
        index = footage.index_at(self.moment)
        image, mesh = footage.images[index], footage.faces[index].mesh
        loud = loudness(samples)
        pictures = tuple(_with_hole(image, mesh, self.widest * float(share)) for share in loud)
        return encode(_in_the_hand(Footage(pictures, samples), self.seed))


@dataclass(frozen=True)
class OtherMouth:
    """Through the hole in the photo of one person the mouth of another is seen, who says what is heard.

    `margin`: how far the hole reaches beyond the lips, in mouth widths.
    """

    picture: str
    moment: float
    speaker: str
    margin: float
    seed: int

    @property
    def sources(self) -> tuple[str, ...]:
        return self.picture, self.speaker

    def make(self, library: Library) -> bytes:
        return encode(_in_the_hand(self.unmoved(library), self.seed))

    def unmoved(self, library: Library) -> Footage:
        """Before a hand holds it."""
        footage, speaker = library.footage(self.picture), library.footage(self.speaker)
        index = footage.index_at(self.moment)
        image, mesh = footage.images[index], footage.faces[index].mesh
        hole = hull_mask(grown(mesh[list(OUTER_LIPS), :2], self.margin), footage.size, 0.7)
        pictures = tuple(
            laid_over(image, _laid(other, face.mesh, mesh, footage.size), hole)
            for other, face in zip(speaker.images, speaker.faces, strict=True)
        )
        return Footage(pictures, speaker.samples)


def loudness(samples: Samples) -> NDArray[np.float64]:
    """0…1 for each picture: the sound's level about its moment, 1 for its loudest tenth."""
    count, window = steps_of(samples), round(STEP_SECONDS * RATE_HZ)
    padded = np.pad(samples, (0, max(0, count * window - len(samples))))
    level = np.sqrt(np.mean(padded[: count * window].reshape(count, window) ** 2, axis=1))
    return np.asarray(np.minimum(level / max(float(np.percentile(level, 90)), 1e-9), 1.0), np.float64)


def grown(points: Points, margin: float) -> Points:
    """The points of the lips moved outward from their middle by `margin` times the mouth's width."""
    middle = points.mean(axis=0)
    away = points - middle
    width = float(np.ptp(points[:, 0]))
    length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    return np.asarray(points + away / length * margin * width, np.float32)


def _with_hole(image: Image, mesh: Points, height: float) -> Image:
    right, left = mesh[MOUTH_CORNERS[0], :2], mesh[MOUTH_CORNERS[1], :2]
    width = float(np.linalg.norm(left - right))
    centre = (right + left) / 2
    holed = image.copy()
    if height * width >= 1.0:
        angle = float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))
        axes = (float(0.8 * width), float(height * width))
        cv2.ellipse(holed, ((float(centre[0]), float(centre[1])), axes, angle), DARK_OF_A_MOUTH, -1, cv2.LINE_AA)
    return holed


def _laid(other: Image, mesh: Points, target: Points, size: tuple[int, int]) -> Image:
    """The other's picture so that the mouth's middle and size meet those of the photo."""
    matrix = onto(mesh, target)
    mouth = mesh[list(MOUTH_CORNERS), :2].mean(axis=0) @ matrix[:, :2].T + matrix[:, 2]
    matrix[:, 2] += target[list(MOUTH_CORNERS), :2].mean(axis=0) - mouth
    return np.asarray(cv2.warpAffine(other, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _in_the_hand(footage: Footage, seed: int) -> Footage:
    """Shifted by up to 2 % of the width."""
    chance = np.random.default_rng(seed)
    across, down = sway(chance, len(footage.images)), sway(chance, len(footage.images))
    width, height = footage.size

    def shifted(image: Image, i: int) -> Image:
        matrix = np.array([[1, 0, 0.02 * width * across[i]], [0, 1, 0.02 * width * down[i]]])
        return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)

    return footage.changed(shifted)
