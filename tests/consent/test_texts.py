from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from verify_service.consent.errors import ConsentTextsInvalid, ConsentTextUnknown
from verify_service.consent.texts import SHIPPED, ConsentPurpose, current_text, load_texts, text_of

TEXTS = load_texts()


def test_every_purpose_has_a_text_in_three_languages_that_differ() -> None:
    for purpose in ConsentPurpose:
        text = current_text(TEXTS, purpose, date(2026, 3, 2))
        assert text is not None
        assert len({text.zh_hans, text.zh_hant, text.en}) == 3


@pytest.mark.parametrize("purpose", list(ConsentPurpose))
def test_every_text_says_that_no_is_an_answer_and_costs_nothing(purpose: ConsentPurpose) -> None:
    text = current_text(TEXTS, purpose, date(2026, 3, 2))

    assert text is not None
    assert "可以不同意" in text.zh_hans
    assert "津贴不受影响" in text.zh_hans
    assert "I may say no" in text.en


def test_a_text_is_that_of_its_own_purpose_only() -> None:
    assert text_of(TEXTS, ConsentPurpose.ENROLMENT, "enrolment-2026-11").purpose is ConsentPurpose.ENROLMENT
    with pytest.raises(ConsentTextUnknown) as caught:
        text_of(TEXTS, ConsentPurpose.VERIFICATION, "enrolment-2026-11")
    assert caught.value.known == ("verification-2026-11",)


def test_before_its_day_a_text_is_not_shown() -> None:
    assert current_text(TEXTS, ConsentPurpose.ENROLMENT, date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('purpose = "verification"', 'purpose = "enrolment"'),
        ('version = "verification-2026-11"', 'version = "enrolment-2026-11"'),
        ("zh-Hant =", "zh-Hant-HK ="),
        ("[[text]]", "[[texts]]"),
        ("[[text]]", "[[text]"),
    ],
)
def test_texts_that_leave_something_open_are_refused(tmp_path: Path, old: str, new: str) -> None:
    broken = SHIPPED.read_text("utf-8").replace(old, new)
    (tmp_path / "texts.toml").write_text(broken, "utf-8")

    with pytest.raises(ConsentTextsInvalid):
        load_texts(tmp_path / "texts.toml")
