"""The sound's fingerprint: Haitsma and Kalker (2002, "A highly robust audio fingerprinting system"), 32 bits a moment.

Each bit says whether the energy of a band falls more against its neighbour than a moment before. No library with a wheel
does this (docs/decisions/0012). Changed against the paper: the window is 256 ms and its step 32 ms, since clips are
seconds and not minutes; bands from 300 to 3,000 Hz, what a telephone carries; moments of quiet are left out, because
digital silence looks like digital silence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Sound
from verify_service.biometrics.fingerprint.movement import diagonal_sums, overlaps
from verify_service.biometrics.fingerprint.value import Words

WINDOW_SAMPLES, STEP_SAMPLES, RATE_HZ = 4096, 512, 16_000
STEP_SECONDS = STEP_SAMPLES / RATE_HZ
BITS = 32
BAND_EDGES_HZ = np.geomspace(300.0, 3000.0, BITS + 2)
# A moment this far below the loudest one counts as quiet.
QUIET_RATIO = 1e-3
# A sound whose loudest moment lies below −60 dBFS is none.
LEVEL_MIN = 1e-3
OVERLAP_SHARE_MIN, OVERLAP_SECONDS_MIN = 0.7, 1.0


def words_of(sound: Sound | None) -> Words | None:
    """One word of 32 bits for every 32 ms; 0 stands for quiet. None without sound, or with less than a second of it."""
    if sound is None or len(sound.samples) < WINDOW_SAMPLES + 2 * STEP_SAMPLES:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(sound.samples, WINDOW_SAMPLES)[::STEP_SAMPLES]
    energies = _band_energies(windows)
    slopes = energies[:, :-1] - energies[:, 1:]
    bits = (slopes[1:] > slopes[:-1]).astype(np.uint32)
    words = (bits << np.arange(BITS, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    loud = _loud(windows[1:], energies[1:].sum(axis=1))
    if loud.sum() * STEP_SECONDS < OVERLAP_SECONDS_MIN:
        return None
    return np.where(loud, np.maximum(words, 1), 0).astype(np.uint32)


def _band_energies(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    edges = np.rint(BAND_EDGES_HZ * (WINDOW_SAMPLES / RATE_HZ)).astype(np.intp)
    spectra = np.fft.rfft(windows * np.hanning(WINDOW_SAMPLES).astype(np.float32), axis=1)[:, edges[0] : edges[-1]]
    powers = np.square(spectra.real) + np.square(spectra.imag)
    return np.asarray(np.add.reduceat(powers, edges[:-1] - edges[0], axis=1), np.float32)


def _loud(windows: NDArray[np.float32], energies: NDArray[np.float32]) -> NDArray[np.bool_]:
    loudest = int(energies.argmax())
    if float(np.sqrt(np.square(windows[loudest]).mean())) < LEVEL_MIN:
        return np.zeros(len(energies), np.bool_)
    return np.asarray(energies >= QUIET_RATIO * energies[loudest], np.bool_)


def sound_distance(first: Words, second: Words) -> float | None:
    """The share of differing bits where the two lie best upon each other: 0 the same, 0.5 unrelated.

    Only moments that are loud in both count; at least 70 % of those of the shorter and 1 s of them must overlap, else
    None. A voice prompt that is in every clip is less than that.
    """
    loud_one, loud_other = first != 0, second != 0
    needed = max(OVERLAP_SHARE_MIN * min(loud_one.sum(), loud_other.sum()), OVERLAP_SECONDS_MIN / STEP_SECONDS)
    counts = diagonal_sums(np.outer(loud_one, loud_other).astype(np.float32))
    agreement = diagonal_sums(_signs(first) @ _signs(second).T)
    lags = [lag + len(second) - 1 for lag, _, _ in overlaps(len(first), len(second))]
    shares = [(1 - agreement[i] / (BITS * counts[i])) / 2 for i in lags if counts[i] >= needed]
    return float(min(shares)) if shares else None


def _signs(words: Words) -> NDArray[np.float32]:
    bits = (words[:, None] >> np.arange(BITS, dtype=np.uint32)) & 1
    return np.asarray((2.0 * bits - 1.0) * (words != 0)[:, None], np.float32)
