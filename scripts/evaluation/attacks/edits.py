"""SYNTHETIC: an old clip of the resident, edited so that it is not the same file, and sent for a new challenge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np

from scripts.evaluation.encoding import Encoding, encode
from scripts.evaluation.footage import RATE_HZ, STEP_SECONDS, Footage, Samples
from scripts.evaluation.trials import Library

# What changes the order of the pictures, and what only changes how they look.
Reordering = Literal["looped", "reversed", "stretched"]
Retouching = Literal["re-encoded", "cropped", "mirrored", "brightened", "trimmed", "resized"]
REORDERINGS: tuple[Reordering, ...] = get_args(Reordering)
RETOUCHINGS: tuple[Retouching, ...] = get_args(Retouching)


@dataclass(frozen=True)
class Edited:
    """`amount`, 0…1, says how much: of each kind from hardly seen to plain. `sound`: another sound is laid under it."""

    source: str
    kind: Reordering | Retouching
    amount: float
    sound: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if self.sound is None else (self.source, self.sound)

    def make(self, library: Library) -> bytes:
        edited = _EDITS[self.kind](library.footage(self.source), self.amount)
        if self.sound is not None:
            edited = edited.under(library.sound(self.sound))
        quality = round(24 + 14 * self.amount) if self.kind == "re-encoded" else 23
        return encode(edited, Encoding(quality=quality))


def looped(footage: Footage, amount: float) -> Footage:
    """A part of 1.6 s to 0.8 s is shown again and again under the whole sound."""
    count, part = len(footage.images), round((1.6 - 0.8 * amount) / STEP_SECONDS)
    begin = min(round(0.6 / STEP_SECONDS), max(0, count - part))
    return footage.at([begin + i % part for i in range(count)])


def backwards(footage: Footage, amount: float) -> Footage:
    """From its end to its beginning, less the last pictures, up to 0.4 s; the sound runs forward."""
    last = len(footage.images) - round(0.4 * amount / STEP_SECONDS)
    return footage.at(range(last - 1, -1, -1))


def stretched(footage: Footage, amount: float) -> Footage:
    """Picture and sound together, 0.8 to 1.4 times as long; the voice falls with it, as on a slow tape."""
    factor = 0.8 + 0.6 * amount
    count = round(len(footage.images) * factor)
    indices = [min(int(i / factor), len(footage.images) - 1) for i in range(count)]
    slow = np.interp(
        np.arange(round(len(footage.samples) * factor)) / factor, np.arange(len(footage.samples)), footage.samples
    )
    return Footage(footage.at(indices).images, slow.astype(np.float32), footage.at(indices).faces)


def cropped(footage: Footage, amount: float) -> Footage:
    """2 to 12 % off each side."""
    width, height = footage.size
    left, top = (round((0.02 + 0.10 * amount) * side / 2) * 2 for side in (width, height))
    return footage.changed(lambda image, _: np.ascontiguousarray(image[top : height - top, left : width - left]))


def mirrored(footage: Footage, amount: float) -> Footage:
    """Left is right; a little brighter with `amount`, so that no two are alike."""
    return brightened(footage.changed(lambda image, _: np.ascontiguousarray(image[:, ::-1])), 0.4 + 0.1 * amount)


def brightened(footage: Footage, amount: float) -> Footage:
    """Times 0.7 to 1.3, with a contrast that goes along."""
    gain = 0.7 + 0.6 * amount
    return footage.changed(lambda image, _: np.asarray(np.clip(image * gain, 0, 255), np.uint8))


def trimmed(footage: Footage, amount: float) -> Footage:
    """The first 0.1 to 0.5 s of picture and sound gone, and the last ones."""
    steps = max(1, round((0.1 + 0.4 * amount) / STEP_SECONDS))
    kept = footage.at(range(steps, len(footage.images) - steps))
    return Footage(kept.images, _cut(footage.samples, steps, len(kept.images)), kept.faces)


def resized(footage: Footage, amount: float) -> Footage:
    """To 0.6 to 1.4 of its size."""
    width, height = (round(side * (0.6 + 0.8 * amount) / 2) * 2 for side in footage.size)
    return footage.changed(
        lambda image, _: np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    )


def _unchanged(footage: Footage, _: float) -> Footage:
    return footage


def _cut(samples: Samples, steps: int, count: int) -> Samples:
    return samples[round(steps * STEP_SECONDS * RATE_HZ) : round((steps + count) * STEP_SECONDS * RATE_HZ)]


_EDITS = {
    "looped": looped,
    "reversed": backwards,
    "stretched": stretched,
    "re-encoded": _unchanged,
    "cropped": cropped,
    "mirrored": mirrored,
    "brightened": brightened,
    "trimmed": trimmed,
    "resized": resized,
}
