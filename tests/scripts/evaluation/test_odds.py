from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from scripts.evaluation.odds import Bounds, limit_for, odds_toml, points
from scripts.evaluation.pairs import Trials
from verify_service.decision.odds import Relation, load_odds


def bounds(scores: list[float], pairs: list[tuple[int, int]] | None = None) -> Bounds:
    given = pairs or [(index, index + 1) for index in range(len(scores))]
    none = np.zeros(0, np.float32)
    return Bounds.of(Trials(none, np.zeros(0, np.int64), np.array(scores, np.float32), np.array(given, np.int64)))


def test_the_bound_counts_a_score_that_equals_the_limit() -> None:
    hits, bound = bounds([0.25, 0.5, 0.75, 0.125]).at(0.5)

    assert hits == 2
    assert 0.5 < bound <= 1


def test_without_a_hit_the_bound_is_three_in_so_many() -> None:
    hits, bound = bounds([0.1] * 300).at(0.9)

    assert hits == 0
    assert bound == pytest.approx(0.01)


def test_where_one_person_makes_all_the_hits_the_bound_is_wider() -> None:
    pairs = list(combinations(range(41), 2))
    one_look_alike = [0.9 if first == 0 and second <= 20 else 0.1 for first, second in pairs]
    couples = [0.9 if second == first + 1 and first % 2 == 0 else 0.1 for first, second in pairs]

    assert sum(score > 0.5 for score in one_look_alike) == sum(score > 0.5 for score in couples) == 20
    assert bounds(one_look_alike, pairs).at(0.5)[1] > 1.3 * bounds(couples, pairs).at(0.5)[1]


def test_the_points_rise_stand_on_the_careful_side_and_end_where_the_data_do() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 0.1, 20_000).tolist()

    found = points([bounds(scores)])

    assert all(later[0] > earlier[0] and later[1] >= earlier[1] for earlier, later in pairwise(found))
    for score, once_in in found:
        assert once_in <= 1 / (np.array(scores, np.float32) >= score).mean()
    assert (np.array(scores, np.float32) >= found[-1][0]).sum() >= 10


def test_of_two_kinds_of_comparisons_the_commoner_counts() -> None:
    rng = np.random.default_rng(3)
    rare, common = rng.normal(0, 0.1, 20_000).tolist(), rng.normal(0.1, 0.1, 20_000).tolist()

    both, alone = dict(points([bounds(rare), bounds(common)])), dict(points([bounds(rare)]))

    assert all(both[score] < alone[score] for score in both if score in alone)


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    found = {
        "model_sha256": "a" * 64,
        "origin": "measured",
        "data": "lfw/",
        "counts": "3",
        "points": [[0.3, 100], [0.4, 500]],
    }
    (tmp_path / "odds.toml").write_text(odds_toml(found, date(2026, 11, 25)), "utf-8")

    rarity = load_odds(tmp_path / "odds.toml").of(0.45, "a" * 64)

    assert rarity is not None
    assert (rarity.relation, rarity.comparisons) == (Relation.RARER, 500)


def test_the_limit_is_the_least_from_which_on_every_bound_holds() -> None:
    rng = np.random.default_rng(3)
    given = [bounds(rng.normal(mean, 0.1, 20_000).tolist()) for mean in (0.0, 0.1)]

    limit = limit_for(given, 0.01)

    assert all(each.at(limit)[1] <= 0.01 for each in given)
    assert given[1].at(limit - 0.01)[1] > 0.01


def test_where_too_few_were_compared_no_limit_can_be_given() -> None:
    assert limit_for([bounds([0.1] * 30)], 0.01) == 1.0
