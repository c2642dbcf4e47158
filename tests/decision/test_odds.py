from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from verify_service.biometrics.comparison.embedder import shares_of, space_sha256
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.decision.odds import Odds, OddsInvalid, Rarity, Relation, load_odds

MODEL = "a" * 64
ODDS = Odds(MODEL, ((0.30, 100), (0.40, 1000), (0.50, 5000)), "measured", "lfw/", "3 million", date(2026, 11, 25))
FILE = 'model_sha256 = "{model}"\norigin = "measured"\ndata = "lfw/"\ncounts = "3 million"\ndate = 2026-11-25\npoints = {points}\n'


def write(folder: Path, points: str = "[[0.3, 100], [0.4, 1000]]", model: str = MODEL) -> Path:
    path = folder / "odds.toml"
    path.write_text(FILE.format(model=model, points=points), "utf-8")
    return path


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (0.2999, Rarity(Relation.COMMONER, 100)),
        (0.30, Rarity(Relation.ONCE_IN, 100)),
        (0.3999, Rarity(Relation.ONCE_IN, 100)),
        (0.40, Rarity(Relation.ONCE_IN, 1000)),
        (0.50, Rarity(Relation.RARER, 5000)),
        (0.99, Rarity(Relation.RARER, 5000)),
    ],
)
def test_between_two_points_the_lower_one_counts(score: float, expected: Rarity) -> None:
    assert ODDS.of(score, MODEL) == expected


def test_of_templates_of_another_space_nothing_is_known() -> None:
    assert ODDS.of(0.45, "b" * 64) is None
    assert ODDS.of(0.45, None) is None


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    odds = load_odds(write(tmp_path))

    assert odds.points == ((0.3, 100), (0.4, 1000))
    assert odds.date == date(2026, 11, 25)


@pytest.mark.parametrize(
    "points", ["[]", "[[0.4, 100], [0.3, 1000]]", "[[0.3, 1000], [0.4, 100]]", "[[0.3, 0]]", "[[0.3]]"]
)
def test_points_that_do_not_rise_are_refused(points: str, tmp_path: Path) -> None:
    with pytest.raises(OddsInvalid):
        load_odds(write(tmp_path, points=points))


def test_a_file_that_names_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OddsInvalid, match="model_sha256"):
        load_odds(write(tmp_path, model=""))


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OddsInvalid):
        load_odds(write(tmp_path, points="[[0.3, "))


def test_the_shipped_odds_are_of_the_shipped_models(manifest: Manifest) -> None:
    assert load_odds().model_sha256 == space_sha256(shares_of(manifest))
