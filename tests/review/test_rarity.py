from __future__ import annotations

from datetime import date

from verify_service.biometrics.comparison.compare import NAME
from verify_service.biometrics.comparison.embedder import SPACE_ROLE
from verify_service.decision.odds import Odds
from verify_service.review import rarity
from verify_service.review.rarity import rarity_of

MODEL = "a" * 64
ODDS = Odds(MODEL, ((0.30, 100), (0.40, 12_000), (0.50, 300_000)), "measured", "lfw/", "3 million", date(2026, 11, 25))


def comparison(score: float | None, name: str = "comparison") -> dict[str, object]:
    return {"name": name, "result": "fail", "score": score}


def test_a_score_within_the_table_is_told_as_once_in_so_many_pairs() -> None:
    words = rarity_of(comparison(0.45), {"face_templates": MODEL}, ODDS, "en")

    assert words is not None
    assert words.startswith("Two different people look this much alike about once in 12,000 pairs")
    assert "not on local residents" in words


def test_a_score_beyond_the_data_is_told_as_rarer_and_one_below_as_commoner() -> None:
    beyond = rarity_of(comparison(0.9), {"face_templates": MODEL}, ODDS, "zh-Hans")
    below = rarity_of(comparison(0.1), {"face_templates": MODEL}, ODDS, "zh-Hant")

    assert beyond is not None
    assert below is not None
    assert beyond.startswith("不同的两个人，每 300,000 对里也难有一对这么像")
    assert below.startswith("唔同嘅兩個人都成日咁似：每 100 對就唔止一對")


def test_of_another_model_another_check_or_no_score_nothing_is_told() -> None:
    assert rarity_of(comparison(0.45), {"face_templates": "b" * 64}, ODDS, "en") is None
    assert rarity_of(comparison(0.45), {}, ODDS, "en") is None
    assert rarity_of(comparison(0.45, "lips"), {"face_templates": MODEL}, ODDS, "en") is None
    assert rarity_of(comparison(None), {"face_templates": MODEL}, ODDS, "en") is None


def test_check_and_space_are_called_as_the_eye_calls_them() -> None:
    assert (rarity.COMPARISON, rarity.SPACE_ROLE) == (NAME, SPACE_ROLE)
