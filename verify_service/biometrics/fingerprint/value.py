"""The values of this room: what is known of a clip, and how far two clips lie apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Movement = NDArray[np.int8]
Words = NDArray[np.uint32]


@dataclass(frozen=True)
class Fingerprint:
    """`movement`, `words`: what is compared; either is None where the clip has nothing to compare.

    `bands`, `sought_bands`: keys of its stills, under which later clips find it and with which it looks for earlier ones.
    """

    movement: Movement | None = field(repr=False)
    words: Words | None = field(repr=False)
    bands: frozenset[bytes] = field(repr=False)
    sought_bands: frozenset[bytes] = field(repr=False)

    @property
    def keys(self) -> frozenset[bytes]:
        """The keys under which a later clip finds this one."""
        return self.bands | self._word_keys

    @property
    def search_keys(self) -> frozenset[bytes]:
        """The keys with which this clip looks for earlier ones, of which it may be the mirror image."""
        return self._word_keys | self.sought_bands

    @property
    def _word_keys(self) -> frozenset[bytes]:
        if self.words is None:
            return frozenset()
        return frozenset(b"s" + int(word).to_bytes(4, "big") for word in np.unique(self.words[self.words != 0]))


@dataclass(frozen=True)
class Distance:
    """`picture`: 0 the same movement, 1 unrelated. `sound`: 0 the same, 0.5 unrelated. None where nothing compares."""

    picture: float | None
    sound: float | None

    def is_duplicate(self, *, picture_max: float, sound_max: float) -> bool:
        """Whether picture or sound alone gives it away: whoever replaces one keeps the other. Equal to the limit counts."""
        by_picture = self.picture is not None and self.picture <= picture_max
        by_sound = self.sound is not None and self.sound <= sound_max
        return by_picture or by_sound
