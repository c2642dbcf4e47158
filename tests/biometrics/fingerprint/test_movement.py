from __future__ import annotations

import numpy as np
import pytest

from verify_service.biometrics.fingerprint.movement import (
    BLOCKS,
    diagonal_sums,
    movement_distance,
    movement_of,
    overlaps,
    resampling,
)
from verify_service.biometrics.fingerprint.value import Movement


def moving(seed: int, count: int = 40) -> Movement:
    """Made-up movement, smooth in time, as real movement is."""
    noise = np.random.default_rng(seed).standard_normal((count + 4, BLOCKS * BLOCKS))
    smooth = (noise[:-4] + noise[1:-3] + noise[2:-2] + noise[3:-1] + noise[4:]) / 5
    return np.clip(np.rint(smooth * 36), -127, 127).astype(np.int8)


def test_the_same_movement_has_no_distance_and_another_is_unrelated() -> None:
    same = movement_distance(moving(1), moving(1))
    unrelated = movement_distance(moving(1), moving(2))

    assert same == pytest.approx(0.0, abs=1e-6)
    assert unrelated is not None
    assert unrelated > 0.7


def test_a_part_of_a_movement_is_found_within_it() -> None:
    assert movement_distance(moving(1)[8:34], moving(1)) == pytest.approx(0.0, abs=1e-6)


def test_a_mirrored_movement_is_the_same() -> None:
    turned = moving(1).reshape(-1, BLOCKS, BLOCKS)[:, :, ::-1].reshape(-1, BLOCKS * BLOCKS)

    assert movement_distance(turned, moving(1)) == pytest.approx(0.0, abs=1e-6)


def test_too_short_an_overlap_is_not_compared() -> None:
    assert movement_distance(moving(1, 12), moving(1)) is None


def test_a_picture_in_which_nothing_moves_has_no_movement() -> None:
    still = np.repeat(np.random.default_rng(3).integers(0, 255, (1, 60, 60), np.uint8), 40, axis=0)

    assert movement_of(still, [i / 12.5 for i in range(40)]) is None


def test_light_that_changes_everywhere_alike_is_no_movement() -> None:
    brighter = np.repeat(np.arange(100, 180, 2, dtype=np.uint8), 3600).reshape(40, 60, 60)

    assert movement_of(brighter, [i / 12.5 for i in range(40)]) is None


@pytest.mark.parametrize("moments", [[], [0.0]])
def test_fewer_than_two_pictures_have_no_movement(moments: list[float]) -> None:
    assert movement_of(np.zeros((len(moments), 60, 60), np.uint8), moments) is None


def test_the_sums_along_diagonals_are_those_of_numpy() -> None:
    matrix = np.arange(12, dtype=np.float32).reshape(3, 4)

    expected = [matrix.trace(offset=-lag) for lag in range(-3, 3)]
    assert diagonal_sums(matrix).tolist() == expected
    assert [(lag, begin, length) for lag, begin, length in overlaps(3, 4)][:2] == [(-3, 0, 1), (-2, 0, 2)]


def test_to_resample_by_one_changes_nothing() -> None:
    assert np.array_equal(resampling(1.0, 0.0), np.eye(BLOCKS))
