"""SYNTHETIC: more people than one. Somebody takes over midway or in between, a second face, a mask of the resident's face."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import Footage, hull_mask, laid_over, onto, to_and_fro
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
class PictureBetween:
    """Somebody speaks and moves; in every `every`th picture a still one of the resident stands in the same place.

    `moment`: which picture of the resident's clip, 0…1.
    """

    resident: str
    moment: float
    impostor: str
    sound: str
    every: int

    @property
    def sources(self) -> tuple[str, ...]:
        return self.resident, self.impostor, self.sound

    def make(self, library: Library) -> bytes:
        samples = library.sound(self.sound)
        resident, impostor = library.footage(self.resident), library.footage(self.impostor).under(samples)
        index = _index(self.moment, resident)
        face, mesh = resident.images[index], resident.faces[index].mesh

        def between(image: Image, i: int) -> Image:
            if i % self.every:
                return image
            matrix = onto(mesh, impostor.faces[i].mesh)
            laid = cv2.warpAffine(face, matrix, impostor.size, borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(laid, np.uint8)

        return encode(impostor.changed(between))


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
class Mask:
    """A still picture of the resident's face, laid over the face of somebody who speaks and moves; it follows the head.

    `moment`: which picture of the resident's clip, 0…1. `grown`: how much larger than the face it is cut.
    """

    resident: str
    moment: float
    impostor: str
    sound: str
    grown: float

    @property
    def sources(self) -> tuple[str, ...]:
        return self.resident, self.impostor, self.sound

    def make(self, library: Library) -> bytes:
        samples = library.sound(self.sound)
        resident, impostor = library.footage(self.resident), library.footage(self.impostor).under(samples)
        index = _index(self.moment, resident)
        face, mesh = resident.images[index], resident.faces[index].mesh
        middle = mesh[:, :2].mean(axis=0)
        cut = hull_mask(middle + (mesh[:, :2] - middle) * self.grown, resident.size, 1.0)

        def masked(image: Image, i: int) -> Image:
            matrix = onto(mesh, impostor.faces[i].mesh)
            laid = cv2.warpAffine(face, matrix, impostor.size, borderMode=cv2.BORDER_REPLICATE)
            mask = np.asarray(cv2.warpAffine(cut, matrix, impostor.size), np.float32)[..., None]
            return laid_over(image, np.asarray(laid, np.uint8), mask)

        return encode(impostor.changed(masked))


def _index(moment: float, footage: Footage) -> int:
    return min(int(moment * len(footage.images)), len(footage.images) - 1)


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
