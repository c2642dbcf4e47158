from __future__ import annotations

from scripts.evaluation.degradations import FAULTS
from scripts.evaluation.quality import IN_REVIEW, SOURCES, border, figures_of, first_word
from scripts.evaluation.trials import Outcome
from tests.scripts.evaluation.outcomes import outcome
from verify_service.biometrics.reasons import Reason

DARK = FAULTS["dark"]


def graded(*confirmed_by_grade: int) -> list[Outcome]:
    """Two clips at each of the first grades of darkness, of which so many are confirmed; the others are called too dark."""
    return [
        outcome("dark", f"{grade:g}") if i < confirmed else outcome("dark", f"{grade:g}", face_lit=Reason.TOO_DARK)
        for grade, confirmed in zip(DARK.grades, confirmed_by_grade, strict=False)
        for i in range(2)
    ]


def test_the_border_is_the_first_grade_that_fewer_than_half_pass() -> None:
    assert border(DARK, graded(2, 1, 0)) == DARK.grades[2]
    assert border(DARK, graded(2, 2, 1)) is None


def test_the_first_word_is_the_phones_and_none_where_staff_look() -> None:
    assert first_word(outcome("dark")) is None
    assert first_word(outcome("dark", face_lit=Reason.TOO_DARK, face_sharp=Reason.BLURRED)) == "too_dark"
    assert first_word(outcome("dark", challenge=Reason.WRONG_WORDS)) == "say_again"
    assert first_word(outcome("dark", lips=Reason.LIPS_STILL)) == IN_REVIEW


def test_advice_is_counted_over_the_clips_that_were_refused_alone() -> None:
    wrong = outcome("dark", f"{DARK.grades[0]:g}", comparison=Reason.COMPARISON)

    found = figures_of([*graded(2, 1), wrong], with_plots=False)

    advice = found.numbers["faults"]["dark"]["advice"]
    assert (advice["hits"], advice["trials"]) == (1, 2)
    assert any(IN_REVIEW in row for row in found.tables[1].rows)


def test_every_right_advice_is_a_word_that_the_phone_can_say() -> None:
    words = {str(reason) for reason in Reason} | {"say_again"}

    assert all(fault.advice <= words for fault in FAULTS.values())
    assert len(SOURCES) == len(set(SOURCES)) == 15
