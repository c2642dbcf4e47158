"""Perceptual hashes of stills: who and where, robust to encoding. They find candidates; they decide nothing.

The signs of the 64 lowest frequencies of the picture's cosine transform (Zauner 2010, "Implementation and benchmarking of
perceptual image hash functions", §3.2.1) but the first, which is the mean brightness and always positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.fingerprint.window import Patches

MOMENTS = 5
LOWEST = 8
# Three bands of 21 bits: with them one of 860 people of LFW finds 0.08 % of the others, with four bands 2 %.
BANDS = 3
WEAK_BITS = 4


def still_bands(shown: Patches) -> frozenset[bytes]:
    """Keys of five stills spread over the clip: three bands of each, with the band's number in front.

    Two clips are candidates where one key is the same in both.
    """
    return frozenset(key for still in _chosen(shown) for key in _keys(still, turned=0))


def sought_bands(shown: Patches) -> frozenset[bytes]:
    """The keys to look for: of the stills and of their mirror images, with up to four of the weakest bits turned.

    A weak bit belongs to a frequency that is hardly there, and is the first to turn in a copy (so Haitsma and Kalker
    2002, §4.3).
    """
    both = [*_chosen(shown), *_chosen(shown[:, :, ::-1])]
    return frozenset(key for still in both for key in _keys(still, turned=WEAK_BITS))


def still_frequencies(patch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The 63 lowest frequencies of a grey picture of even size beside its mean; their signs are the hash."""
    frequencies = cv2.dct(np.ascontiguousarray(patch, dtype=np.float32))[:LOWEST, :LOWEST]
    return np.asarray(frequencies.ravel()[1:], np.float32)


def _chosen(shown: Patches) -> list[NDArray[np.float32]]:
    chosen = np.linspace(0, len(shown) - 1, MOMENTS + 2)[1:-1].round().astype(int)
    return [still_frequencies(shown[i]) for i in chosen]


def _keys(frequencies: NDArray[np.float32], *, turned: int) -> Iterator[bytes]:
    # Every third frequency to a band, so that none holds only the coarse shapes that all faces share.
    for number in range(BANDS):
        band = frequencies[number::BANDS]
        bits = band > 0
        weakest = np.argsort(np.abs(band))[:turned]
        for turns in product((False, True), repeat=turned):
            changed = bits.copy()
            changed[weakest] ^= np.array(turns, np.bool_)
            yield bytes([number]) + np.packbits(changed).tobytes()
