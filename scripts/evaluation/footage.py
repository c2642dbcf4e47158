"""What clips are made of: the pictures as the eye samples them, the sound from the first picture on, and where the face is."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Image
from verify_service.biometrics.face.alignment import similarity_transform

STEP_SECONDS = 0.08  # 12.5 pictures a second, as the eye samples them
RATE_HZ = 16_000

Samples = NDArray[np.float32]
Points = NDArray[np.float32]


@dataclass(frozen=True)
class Face:
    """Where the face is in one picture: the detector's box (left, top, width, height) and the mesh, N×3, all in pixels."""

    box: NDArray[np.float32]
    mesh: Points

    @property
    def centre(self) -> tuple[float, float]:
        return float(self.box[0] + self.box[2] / 2), float(self.box[1] + self.box[3] / 2)


@dataclass(frozen=True)
class Footage:
    """Pictures (BGR) every 0.08 s, mono samples at 16 kHz that begin with the first picture, and a face for each picture.

    `faces` is empty where nobody looked for them, and no longer holds once pictures were warped.
    """

    images: tuple[Image, ...]
    samples: Samples
    faces: tuple[Face, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.images) * STEP_SECONDS

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.images[0].shape[1], self.images[0].shape[0]

    def index_at(self, share: float) -> int:
        """Which picture stands at a share, 0…1, of the length."""
        return min(int(share * len(self.images)), len(self.images) - 1)

    def changed(self, change: Callable[[Image, int], Image]) -> Footage:
        """Every picture through `change(image, index)`; the faces go."""
        return replace(self, images=tuple(change(image, i) for i, image in enumerate(self.images)), faces=())

    def at(self, indices: Sequence[int]) -> Footage:
        """The pictures of these indices, with their faces; the sound stays."""
        faces = tuple(self.faces[i] for i in indices) if self.faces else ()
        return replace(self, images=tuple(self.images[i] for i in indices), faces=faces)

    def under(self, samples: Samples) -> Footage:
        """The pictures under another sound and as long as it, going to and fro where they are too few."""
        return replace(self.at(to_and_fro(len(self.images), steps_of(samples))), samples=samples)


def steps_of(samples: Samples) -> int:
    """How many pictures a sound lasts."""
    return max(1, round(len(samples) / RATE_HZ / STEP_SECONDS))


def to_and_fro(count: int, wanted: int) -> list[int]:
    """0, 1, …, count−1, count−2, …, 0, 1, …: pictures that go on without a jump, however long the sound."""
    way = [*range(count), *range(count - 2, 0, -1)]
    return [way[i % len(way)] for i in range(wanted)]


@lru_cache(maxsize=6)
def read(content: bytes) -> Footage:
    """A clip of the media folder, trusted: decoded here, not in the sandbox. Remembered, since one clip serves many makers."""
    images: list[Image] = []
    with av.open(io.BytesIO(content), "r") as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= len(images) * STEP_SECONDS - 5e-3:
                images.append(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
    return Footage(tuple(images), read_sound(content))


def read_sound(content: bytes) -> Samples:
    """A clip's or a recording's sound as mono at 16 kHz, from the moment 0 on; empty where it has none."""
    pieces: list[Samples] = []
    with av.open(io.BytesIO(content), "r") as container:
        if not container.streams.audio:
            return np.zeros(0, np.float32)
        resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
        starts_at: float | None = None
        for frame in container.decode(audio=0):
            starts_at = (frame.time or 0.0) if starts_at is None else starts_at
            pieces += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
        pieces += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    samples = np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, np.float32)
    offset = round((starts_at or 0.0) * RATE_HZ)
    return samples[-offset:] if offset < 0 else np.concatenate([np.zeros(offset, np.float32), samples])


def eyes_and_mouth(mesh: Points) -> Points:
    """Five points that hardly move in speech: the outer and the inner corners of the eyes, and the nose's root; 5×2."""
    return np.asarray(mesh[[33, 133, 362, 263, 168], :2], np.float32)


def onto(source: Points, target: Points) -> NDArray[np.float64]:
    """The similarity, 2×3, that lays the face of one mesh over that of another."""
    return similarity_transform(eyes_and_mouth(source), eyes_and_mouth(target))


def hull_mask(points: Points, size: tuple[int, int], soft_pixels: float = 0.0) -> NDArray[np.float32]:
    """1 inside the hull of the points (N×2), 0 outside; H×W×1, its edge softened."""
    mask = np.zeros((size[1], size[0]), np.float32)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(points[:, :2]).astype(np.int32)), 1.0)
    if soft_pixels > 0:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), soft_pixels), np.float32)
    return mask[..., None]


def laid_over(under: Image, over: Image, mask: NDArray[np.float32]) -> Image:
    return np.asarray(np.round(under * (1 - mask) + over * mask), np.uint8)
