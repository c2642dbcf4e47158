from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.kit.languages import LANGUAGES, Language, Texts, chosen


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-Hans"),
        ("", "zh-Hans"),
        ("fr", "zh-Hans"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("en;q=0.5, zh-TW;q=0.7", "zh-Hant"),
        ("en;q=0, zh", "zh-Hans"),
    ],
)
def test_the_language_is_the_preferred_one_among_ours(header: str | None, language: Language) -> None:
    assert chosen(header) == language


@given(st.text())
def test_any_header_gives_a_language(header: str) -> None:
    assert chosen(header) in LANGUAGES


def test_texts_say_themselves_in_every_language() -> None:
    texts = Texts.model_validate({"zh-Hans": "请再说一遍", "zh-Hant": "請再說一遍", "en": "Please say it again"})

    assert [texts.say(language) for language in LANGUAGES] == ["请再说一遍", "請再說一遍", "Please say it again"]
