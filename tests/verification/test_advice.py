from __future__ import annotations

from verify_service.decision.policy import QUALITY_REASONS
from verify_service.verification.advice import SENTENCES, most_useful_first, sentence


def test_every_advice_that_policy_can_give_has_a_sentence_in_three_languages() -> None:
    given = {str(r) for r in QUALITY_REASONS} | {"say_again"}

    assert given <= set(SENTENCES)
    assert all(set(s) == {"zh-Hans", "zh-Hant", "en"} and all(s.values()) for s in SENTENCES.values())


def test_a_sentence_is_short_enough_to_be_heard_once() -> None:
    assert max(len(s["zh-Hans"]) for s in SENTENCES.values()) <= 30


def test_the_most_useful_advice_comes_first() -> None:
    assert most_useful_first(["too_dark", "no_face"]) == ["no_face", "too_dark"]
    assert sentence("no_face", "en").startswith("We could not see your face")
