"""How the picture changes, place by place and moment by moment: another clip of the same person in the same room differs.

A still tells the room and the person apart from others, not this clip from last year's. What does not move drops out
here, and what does is correlated as the block signals of Oostveen, Kalker and Haitsma (2002, "Feature extraction and a
database strategy for video fingerprinting") are, but not reduced to signs: a block in which nothing moves would
contribute noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.fingerprint.value import Movement
from verify_service.biometrics.fingerprint.window import Patches

RATE_HZ = 12.5
BLOCKS = 12  # a side
# Mean over 3 moments and difference over 4 (0.32 s): on GRID the copies of one clip at CRF 35 correlate with 0.72 to
# 0.87 so, and with 0.52 to 0.65 where each moment is held against the next.
SMOOTHED, APART = 3, 4
# Below this mean change, in grey levels, there is only the noise of the camera: a clip without movement has none to compare.
LEVELS_MIN = 0.5
UNIT = 16  # root mean square of the stored numbers
# How much faster or slower than the other a copy may run.
SPEEDS = (1.0, 0.975, 1.025, 0.95, 1.05, 0.925, 1.075, 0.9, 1.1)
OVERLAP_SHARE_MIN, OVERLAP_SECONDS_MIN = 0.6, 1.2
# How far the face of a copy may be found beside its place, in blocks, and larger or smaller.
SHIFTS = (-0.7, -0.35, 0.0, 0.35, 0.7)
SCALES = (0.92, 0.96, 1.0, 1.04, 1.08)
# Unrelated clips stay below; what is found of a copy's face somewhat beside its place has more.
WORTH_REFINING = 0.4

Blocks = NDArray[np.float32]


@dataclass(frozen=True)
class Laid:
    """Two movements laid upon each other, of one length, and how they correlate."""

    correlation: float
    one: Blocks
    other: Blocks


def movement_of(shown: Patches, moments: Sequence[float]) -> Movement | None:
    """Moments × 144 changes of block brightness, 12.5 a second, root mean square 16; None where too little moves.

    `shown` are the window's patches, `moments` their seconds, ascending.
    """
    if len(moments) < 2:
        return None
    size = shown.shape[1] // BLOCKS
    blocks = shown.reshape(len(shown), BLOCKS, size, BLOCKS, size).mean(axis=(2, 4), dtype=np.float32)
    steady = _at_rate(blocks.reshape(len(shown), -1), np.asarray(moments))
    if len(steady) <= SMOOTHED + APART:
        return None
    sums = np.cumsum(np.vstack([np.zeros_like(steady[:1]), steady]), axis=0)
    smooth = (sums[SMOOTHED:] - sums[:-SMOOTHED]) / SMOOTHED
    change = smooth[APART:] - smooth[:-APART]
    # Light that changes everywhere alike (a camera that finds its exposure) is common to the clips of one phone.
    change -= change.mean(axis=1, keepdims=True)
    level = float(np.sqrt(np.square(change).mean()))
    if level < LEVELS_MIN:
        return None
    return np.clip(np.rint(change * (UNIT / level)), -127, 127).astype(np.int8)


def movement_distance(first: Movement, second: Movement) -> float | None:
    """1 − correlation where the two lie best upon each other: 0 the same, 1 unrelated, at most 2.

    Searched over the lag, over speeds from −10 % to +10 %, and with one of the two mirrored; then, where they lie best,
    over small shifts and scales, since a face is not found at quite the same place in a copy. None where the shorter is
    too short. At least 60 % of the shorter and 1.2 s must overlap.
    """
    one, other = first.astype(np.float32), second.astype(np.float32)
    laid = [_laid(turned, other) for speed in SPEEDS for turned in _both_ways(_faster(one, speed))]
    found = [each for each in laid if each is not None]
    return 1.0 - refined(max(found, key=lambda each: each.correlation)) if found else None


def _both_ways(movement: Blocks) -> tuple[Blocks, Blocks]:
    turned = movement.reshape(len(movement), BLOCKS, BLOCKS)[:, :, ::-1]
    return movement, turned.reshape(len(movement), -1)


def _at_rate(values: Blocks, moments: NDArray[np.float64]) -> Blocks:
    return _interpolated(values, moments, np.arange(moments[0], moments[-1] + 1e-6, 1 / RATE_HZ))


def _faster(movement: Blocks, speed: float) -> Blocks:
    if speed == 1.0:
        return movement
    numbers = np.arange(len(movement), dtype=np.float64)
    return _interpolated(movement, numbers, np.arange(0, len(movement) - 1 + 1e-6, speed))


def _interpolated(values: Blocks, moments: NDArray[np.float64], wanted: NDArray[np.float64]) -> Blocks:
    after = np.clip(np.searchsorted(moments, wanted), 1, len(moments) - 1)
    before = after - 1
    weight = np.clip((wanted - moments[before]) / (moments[after] - moments[before]), 0, 1)[:, None].astype(np.float32)
    return np.asarray((1 - weight) * values[before] + weight * values[after], np.float32)


def _laid(one: Blocks, other: Blocks) -> Laid | None:
    """The two where they correlate best; None where no overlap is long enough or nothing moves in it."""
    needed = max(OVERLAP_SHARE_MIN * min(len(one), len(other)), OVERLAP_SECONDS_MIN * RATE_HZ)
    products = diagonal_sums(one @ other.T)
    energy_one, energy_other = (np.concatenate([[0.0], np.cumsum(np.square(m).sum(axis=1))]) for m in (one, other))
    best: Laid | None = None
    for lag, begin, length in overlaps(len(one), len(other)):
        if length < needed:
            continue
        energies = (energy_one[begin + length] - energy_one[begin]) * (
            energy_other[begin + length - lag] - energy_other[begin - lag]
        )
        if energies <= 0:
            continue
        correlation = float(products[lag + len(other) - 1] / np.sqrt(energies))
        if best is None or correlation > best.correlation:
            best = Laid(correlation, one[begin : begin + length], other[begin - lag : begin - lag + length])
    return best


def refined(laid: Laid) -> float:
    """The correlation once the first is shifted and scaled, a little, to where it fits best."""
    if laid.correlation < WORTH_REFINING:
        return laid.correlation
    frames = laid.one.reshape(-1, BLOCKS, BLOCKS)
    length = float(np.linalg.norm(laid.other))
    best = laid.correlation
    for scale, down, right in product(SCALES, SHIFTS, SHIFTS):
        moved = resampling(scale, down) @ frames @ resampling(scale, right).T
        norm = float(np.linalg.norm(moved)) * length
        if norm > 0:
            best = max(best, float(np.vdot(moved, laid.other.reshape(moved.shape))) / norm)
    return best


def resampling(scale: float, shift: float) -> Blocks:
    """The 12 × 12 matrix that reads a row of blocks `scale` times as densely from its middle on, `shift` blocks further."""
    middle = (BLOCKS - 1) / 2
    wanted = np.clip((np.arange(BLOCKS) - middle) * scale + middle + shift, 0, BLOCKS - 1)
    return np.asarray(np.maximum(0, 1 - np.abs(wanted[:, None] - np.arange(BLOCKS))), np.float32)


def overlaps(count_one: int, count_other: int) -> Iterator[tuple[int, int, int]]:
    """For every lag: the lag, where the overlap begins in the first, and its length; the second begins at `begin − lag`."""
    for lag in range(1 - count_other, count_one):
        begin = max(0, lag)
        yield lag, begin, min(count_one, count_other + lag) - begin


def diagonal_sums(matrix: Blocks) -> NDArray[np.float64]:
    """The sums along all diagonals of an n × m matrix: entry `lag + m − 1` is that of row − column = lag."""
    rows, columns = matrix.shape
    # With n columns of zeros appended and read in rows one shorter, each diagonal stands upright.
    wide = np.zeros((rows, rows + columns), np.float64)
    wide[:, :columns] = matrix[:, ::-1]
    upright = wide.ravel()[: rows * (rows + columns - 1)].reshape(rows, rows + columns - 1)
    return np.asarray(upright.sum(axis=0), np.float64)
