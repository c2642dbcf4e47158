"""SYNTHETIC: a photograph held to the camera while somebody says the right digits. Moved, bent, turned."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import STEP_SECONDS, Footage, steps_of
from scripts.evaluation.trials import Library
from verify_service.biometrics.evidence import Image

Matrix = NDArray[np.float64]


def sway(chance: np.random.Generator, count: int, slowest_hz: float = 0.3, fastest_hz: float = 1.5) -> Matrix:
    """A hand's way, −1…1, one value a picture: three sines of random frequency and phase."""
    moments = np.arange(count) * STEP_SECONDS
    waves = [
        np.sin(2 * np.pi * (chance.uniform(slowest_hz, fastest_hz) * moments + chance.uniform())) for _ in range(3)
    ]
    return np.asarray(np.mean(waves, axis=0))


@dataclass(frozen=True)
class _Photo:
    """`picture`: the clip whose picture `moment` (0…1 of its length) is the photo; `sound`: the clip or recording that is heard."""

    picture: str
    moment: float
    sound: str
    seed: int

    @property
    def sources(self) -> tuple[str, ...]:
        return self.picture, self.sound

    def _still(self, library: Library) -> Footage:
        footage, samples = library.footage(self.picture), library.sound(self.sound)
        index = footage.index_at(self.moment)
        return Footage(footage.at([index] * steps_of(samples)).images, samples)


@dataclass(frozen=True)
class MovedPhoto(_Photo):
    """Shifted, brought nearer, rolled, and tilted a little, as a hand does."""

    def make(self, library: Library) -> bytes:
        still, chance = self._still(library), np.random.default_rng(self.seed)
        width, height = still.size
        reach = chance.uniform(0.02, 0.08)
        ways = [sway(chance, len(still.images)) for _ in range(12)]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)

        def moved(image: Image, i: int) -> Image:
            shift = reach * width * np.array([ways[0][i], ways[1][i]])
            tilt = 0.5 * reach * width * np.array([[ways[2 + 2 * k][i], ways[3 + 2 * k][i]] for k in range(4)])
            nearer = 1 + reach * ways[10][i]
            roll = cv2.getRotationMatrix2D((width / 2, height / 2), 60 * reach * ways[11][i], nearer)
            target = corners @ roll[:, :2].T + roll[:, 2] + shift + tilt
            return warped(
                image, np.asarray(cv2.getPerspectiveTransform(corners, target.astype(np.float32)), np.float64)
            )

        return encode(still.changed(moved))


@dataclass(frozen=True)
class BentPhoto(_Photo):
    """A sheet bent to a cylinder, upright or lying, more and less."""

    def make(self, library: Library) -> bytes:
        still, chance = self._still(library), np.random.default_rng(self.seed)
        deepest = chance.uniform(0.5, 1.3)  # half of the arc, radians
        bend = 0.1 + (deepest - 0.1) * (0.5 + 0.5 * sway(chance, len(still.images)))
        lies = bool(chance.integers(2))
        return encode(still.changed(lambda image, i: bent(image, float(bend[i]), lies)))


@dataclass(frozen=True)
class RotatedPhoto(_Photo):
    """A flat sheet turned to and fro about the upright axis by up to 15 to 45°, and nodded a little."""

    def make(self, library: Library) -> bytes:
        still, chance = self._still(library), np.random.default_rng(self.seed)
        widest = np.radians(chance.uniform(15, 45))
        yaw = widest * sway(chance, len(still.images), 0.3, 0.8)
        pitch = 0.3 * widest * sway(chance, len(still.images), 0.3, 0.8)
        return encode(still.changed(lambda image, i: warped(image, _turned_plane(image, yaw[i], pitch[i]))))


def warped(image: Image, matrix: Matrix) -> Image:
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpPerspective(image, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def bent(image: Image, half_arc: float, lies: bool) -> Image:
    """The sheet on a cylinder that spans `half_arc` radians to either side, seen from the front; `lies`: about the level axis."""
    if lies:
        return np.ascontiguousarray(
            bent(np.ascontiguousarray(image.transpose(1, 0, 2)), half_arc, False).transpose(1, 0, 2)
        )
    height, width = image.shape[:2]
    across = np.linspace(-1, 1, width)
    on_sheet = np.arcsin(across * np.sin(half_arc)) / half_arc
    # The sheet's sides lie farther from the camera, which stands three half-widths away, and look smaller.
    depth = (1 - np.cos(on_sheet * half_arc)) / half_arc
    farther = 1 + depth / 3
    columns = np.tile((on_sheet + 1) / 2 * (width - 1), (height, 1))
    rows = (np.linspace(-1, 1, height)[:, None] * farther[None, :] + 1) / 2 * (height - 1)
    maps = columns.astype(np.float32), rows.astype(np.float32)
    return np.asarray(cv2.remap(image, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _turned_plane(image: Image, yaw: float, pitch: float) -> Matrix:
    height, width = image.shape[:2]
    focal = 1.6 * width
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    about_upright = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_level = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turn = about_level @ about_upright
    # The sheet lies at the distance of one focal length: unturned it fills the picture.
    sheet = np.column_stack([turn[:, 0], turn[:, 1], np.array([0, 0, focal])])
    to_sheet = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    return np.asarray(camera @ sheet @ to_sheet)
