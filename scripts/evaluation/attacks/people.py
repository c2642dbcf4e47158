"""SYNTHETIC: more people than one. Somebody takes over midway or in between, a second face, a mask of the resident's face."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import Footage, Points, hull_mask, laid_over, onto, to_and_fro
from scripts.evaluation.trials import Library
from verify_service.biometrics.evidence import Image


@dataclass(frozen=True)
class SwappedMidway:
    """`first` shows itself, after `share` of the time `second` goes on; the sound is that of `speaks`."""

    first: str
    second: str
    speaks: str
    share: float

    @property
    def sources(self) -> tuple[str, ...]:
        return self.first, self.second, self.speaks

    def make(self, library: Library) -> bytes:
        samples = library.sound(self.speaks)
        first, second = (library.footage(source).under(samples) for source in (self.first, self.second))
        count = len(first.images)
        turn = round(self.share * count)
        seconds = [_sized(image, first.size) for image in second.images[turn:]]
        return encode(Footage((*first.images[:turn], *seconds), samples))


@dataclass(frozen=True)
class _StillOnAnother:
    """A still picture of the resident, `moment` (0…1) of the clip, laid where the face of somebody is who speaks and moves."""

    resident: str
    moment: float
    impostor: str
    sound: str

    @property
    def sources(self) -> tuple[str, ...]:
        return self.resident, self.impostor, self.sound

    def _speaker(self, library: Library) -> Footage:
        return library.footage(self.impostor).under(library.sound(self.sound))

    def _still(self, library: Library) -> tuple[Image, Points]:
        """The resident's picture, and the mesh of the face in it."""
        resident = library.footage(self.resident)
        index = resident.index_at(self.moment)
        return resident.images[index], resident.faces[index].mesh


@dataclass(frozen=True)
class PictureBetween(_StillOnAnother):
    """In every `every`th picture the resident's stands whole, in the same place."""

    every: int

    def make(self, library: Library) -> bytes:
        speaker, (still, mesh) = self._speaker(library), self._still(library)

        def between(image: Image, i: int) -> Image:
            return image if i % self.every else _moved(still, onto(mesh, speaker.faces[i].mesh), speaker.size)

        return encode(speaker.changed(between))


@dataclass(frozen=True)
class TwoFaces:
    """Beside the speaker a second person, `scale` times as large, from `from_share` to the end of the clip."""

    source: str
    other: str
    scale: float
    from_share: float

    @property
    def sources(self) -> tuple[str, ...]:
        return self.source, self.other

    def make(self, library: Library) -> bytes:
        footage = library.footage(self.source)
        other = library.footage(self.other)
        width, height = footage.size
        empty = np.asarray(np.full((height, width, 3), footage.images[0][:8].mean(axis=(0, 1))), np.uint8)
        beside = [_placed(_sized(image, footage.size), self.scale, empty) for image in other.images]
        turns = to_and_fro(len(beside), len(footage.images))
        comes = self.from_share * len(footage.images)
        pictures = [
            np.hstack([image, beside[turns[i]] if i >= comes else empty]) for i, image in enumerate(footage.images)
        ]
        return encode(Footage(tuple(pictures), footage.samples))


@dataclass(frozen=True)
class Mask(_StillOnAnother):
    """The resident's face alone, cut `grown` times as large as it is; it follows the head."""

    grown: float

    def make(self, library: Library) -> bytes:
        speaker, (still, mesh) = self._speaker(library), self._still(library)
        middle = mesh[:, :2].mean(axis=0)
        cut = hull_mask(middle + (mesh[:, :2] - middle) * self.grown, (still.shape[1], still.shape[0]), 1.0)

        def masked(image: Image, i: int) -> Image:
            matrix = onto(mesh, speaker.faces[i].mesh)
            mask = np.asarray(cv2.warpAffine(cut, matrix, speaker.size), np.float32)[..., None]
            return laid_over(image, _moved(still, matrix, speaker.size), mask)

        return encode(speaker.changed(masked))


def _moved(image: Image, matrix: NDArray[np.float64], size: tuple[int, int]) -> Image:
    return np.asarray(cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _sized(image: Image, size: tuple[int, int]) -> Image:
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _placed(image: Image, scale: float, empty: Image) -> Image:
    """The picture at `scale`, at the foot of an empty one of its size."""
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    placed = empty.copy()
    left = (width - small.shape[1]) // 2
    placed[height - small.shape[0] :, left : left + small.shape[1]] = small
    return placed
