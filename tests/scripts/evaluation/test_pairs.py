from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.pairs import by_distance, fused, mean_rows, single, templates, twinned

EAST, NORTH, BETWEEN = (1.0, 0.0), (0.0, 1.0), (0.6, 0.8)


def rows(*vectors: tuple[float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array(vectors, np.float32)


def test_every_pair_of_pictures_is_compared_once() -> None:
    trials = single(rows(EAST, BETWEEN, NORTH), rows(EAST, BETWEEN, NORTH), np.array([7, 7, 9]))

    assert trials.genuine == pytest.approx([0.6])
    assert trials.owners.tolist() == [7]
    assert trials.impostor == pytest.approx([0.0, 0.8])
    assert trials.pairs.tolist() == [[7, 9], [7, 9]]
    assert trials.counts == {"genuine": 1, "impostor": 2, "people": 2}


def test_the_earlier_picture_is_the_probe_and_the_later_one_the_reference() -> None:
    trials = single(rows(EAST, NORTH), rows(NORTH, BETWEEN), np.array([0, 1]))

    assert trials.impostor == pytest.approx([0.6])  # EAST as probe, BETWEEN as reference


def test_a_greater_distance_is_a_lower_score() -> None:
    trials = by_distance(rows((0, 0), (3, 4), (6, 8)), np.array([0, 0, 1]))

    assert trials.genuine == pytest.approx([-5])
    assert trials.impostor == pytest.approx([-10, -5])


def test_a_template_is_held_against_every_other_choice_of_the_persons_pictures() -> None:
    pictures = rows(EAST, EAST, BETWEEN, NORTH, NORTH, NORTH, EAST)
    subject = np.array([0, 0, 0, 1, 1, 1, 2])  # the third person has too few pictures

    trials = templates(pictures, pictures, subject, probe_count=2, reference_count=1)

    mean = float(mean_rows(pictures[[[0, 2]]])[0] @ np.array(EAST))
    assert trials.counts == {"genuine": 6, "impostor": 6, "people": 2}
    assert trials.genuine[:4] == pytest.approx([mean, 1, mean, 1])
    assert trials.owners.tolist() == [0, 1] * 3


def test_fused_rows_have_the_weighted_mean_of_cosines_and_length_one() -> None:
    first, second = rows(EAST, NORTH), rows(EAST, BETWEEN)

    both = fused([(first, 0.75), (second, 0.25)])

    assert np.linalg.norm(both, axis=1) == pytest.approx([1, 1])
    assert both[0] @ both[1] == pytest.approx(0.75 * 0 + 0.25 * 0.6)


def test_a_picture_without_a_face_stays_without_a_vector() -> None:
    twins = twinned(rows(EAST, (0, 0)), rows(NORTH, (0, 0)))

    assert twins[0] == pytest.approx([0.5**0.5, 0.5**0.5])
    assert twins[1].tolist() == [0, 0]
