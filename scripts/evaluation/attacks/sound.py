"""SYNTHETIC: a real talking face under another sound, or under its own sound too late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import RATE_HZ, STEP_SECONDS, Footage
from scripts.evaluation.trials import Library


@dataclass(frozen=True)
class OtherSound:
    """The picture of one clip, from `skipped` pictures on, under the sound of another clip or recording."""

    picture: str
    sound: str
    skipped: int = 0

    @property
    def sources(self) -> tuple[str, ...]:
        return self.picture, self.sound

    def make(self, library: Library) -> bytes:
        footage = library.footage(self.picture)
        kept = footage.at(range(self.skipped, len(footage.images)))
        return encode(kept.under(library.sound(self.sound)))


@dataclass(frozen=True)
class LateSound:
    """The clip's own sound, later by `seconds`; before it the room's silence, and the last picture held at the end."""

    source: str
    seconds: float

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def make(self, library: Library) -> bytes:
        footage = library.footage(self.source)
        late = round(self.seconds / STEP_SECONDS)
        indices = [*range(len(footage.images)), *[len(footage.images) - 1] * late]
        hush = np.random.default_rng(0).normal(0, 1e-3, round(self.seconds * RATE_HZ)).astype(np.float32)
        held = footage.at(indices)
        return encode(Footage(held.images, np.concatenate([hush, footage.samples])))
