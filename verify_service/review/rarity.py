"""What a comparison score means, in words for staff: how often two different people look so much alike.

A cosine of 0.47 says nothing to a clerk, and a percentage would be taken for the probability that it is the same person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify_service.decision.odds import Odds, Rarity, Relation
from verify_service.kit.languages import Language, Texts

# As compare.NAME and embedder.SPACE_ROLE say, which are not imported: the API would load the models' libraries with them.
COMPARISON, SPACE_ROLE = "comparison", "face_templates"


def _say(zh_hans: str, zh_hant: str, en: str) -> Texts:
    return Texts.model_validate({"zh-Hans": zh_hans, "zh-Hant": zh_hant, "en": en})


RARITY: Mapping[Relation, Texts] = {
    Relation.ONCE_IN: _say(
        "不同的两个人，大约每 {n} 对里才有一对这么像（按公开照片测得，不是本地老人，实际可能更常见）",
        "唔同嘅兩個人，大約每 {n} 對先有一對咁似（用公開相片測得，唔係本地長者，實際可能更常見）",
        "Two different people look this much alike about once in {n} pairs (measured on public photographs, "
        "not on local residents: it may be more often)",
    ),
    Relation.RARER: _say(
        "不同的两个人，每 {n} 对里也难有一对这么像（按公开照片测得，不是本地老人，实际可能更常见）",
        "唔同嘅兩個人，每 {n} 對都難有一對咁似（用公開相片測得，唔係本地長者，實際可能更常見）",
        "Two different people look this much alike more rarely than once in {n} pairs (measured on public photographs, "
        "not on local residents: it may be more often)",
    ),
    Relation.COMMONER: _say(
        "不同的两个人也常常这么像：每 {n} 对里就不止一对",
        "唔同嘅兩個人都成日咁似：每 {n} 對就唔止一對",
        "Two different people are often this much alike: more than once in {n} pairs",
    ),
}


def rarity_words(rarity: Rarity, language: Language) -> str:
    return RARITY[rarity.relation].say(language).format(n=f"{rarity.comparisons:,}")


def rarity_of(check: Mapping[str, Any], models: Mapping[str, str], odds: Odds, language: Language) -> str | None:
    """The sentence for a stored check. None for another check, without a score, or where the odds are of another model."""
    score = check.get("score")
    if check["name"] != COMPARISON or score is None:
        return None
    rarity = odds.of(score, models.get(SPACE_ROLE))
    return rarity_words(rarity, language) if rarity else None
