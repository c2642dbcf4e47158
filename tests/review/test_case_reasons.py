from __future__ import annotations

from verify_service.biometrics.reasons import Reason
from verify_service.kit.languages import LANGUAGES
from verify_service.review.case_reasons import CASE_REASONS, case_reason


def test_every_reason_of_the_eye_has_words_for_staff() -> None:
    assert {str(reason) for reason in Reason} <= {str(code) for code in CASE_REASONS}


def test_words_are_there_in_every_language_and_are_no_code() -> None:
    for code in CASE_REASONS:
        for language in LANGUAGES:
            assert case_reason(code, language)
            assert "_" not in case_reason(code, language)


def test_a_reason_without_words_is_told_by_its_code() -> None:
    assert case_reason("something_new", "en") == "something_new"
