from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from verify_service.kit.languages import LANGUAGES
from verify_service.rules.errors import PurposeUnknown
from verify_service.rules.rule import Cycle, YearlyCycle
from verify_service.rules.service import load_rules, rule_of

BIRTH = date(1949, 10, 1)
PILOT = rule_of(load_rules(), date(2026, 6, 1))


def test_a_year_has_one_cycle_and_its_confirmation_stands_into_the_next_spring() -> None:
    cycle = PILOT.cycle_for(BIRTH, date(2026, 6, 1), "old-age-allowance")

    assert cycle == Cycle(2026, date(2026, 1, 1), date(2026, 12, 31), date(2027, 3, 31))


def test_a_case_begun_in_december_and_decided_in_january_is_of_the_old_year() -> None:
    assert PILOT.cycle_of_year(BIRTH, 2026, "old-age-allowance").valid_until == date(2027, 3, 31)


@given(st.dates(date(2026, 1, 1), date(2100, 12, 30)))
def test_every_day_lies_in_its_cycle_and_no_confirmation_lapses_over_night(day: date) -> None:
    cycle = PILOT.cycle_for(BIRTH, day, "old-age-allowance")
    following = PILOT.cycle_for(BIRTH, date(day.year + 1, 1, 1), "old-age-allowance")

    assert cycle.opens_on <= day <= cycle.due_on <= cycle.valid_until
    assert following.year == cycle.year + 1
    assert following.opens_on < cycle.valid_until


def test_a_purpose_that_the_rule_does_not_know_is_refused_with_those_it_knows() -> None:
    with pytest.raises(PurposeUnknown) as caught:
        PILOT.cycle_for(BIRTH, date(2026, 6, 1), "lottery")

    assert caught.value.known == ("old-age-allowance", "elder-transit-card")


def test_the_consequence_is_told_in_every_language() -> None:
    for purpose in PILOT.purposes.values():
        texts = {purpose.consequence.say(language) for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("opens", "due"), [("02-29", "12-31"), ("01-01", "13-01"), ("1-1", "12-31"), ("12-31", "01-01"), ("01-01", "00-10")]
)
def test_a_cycle_without_its_days_in_every_year_is_refused(opens: str, due: str) -> None:
    with pytest.raises(ValidationError):
        YearlyCycle(kind="yearly", opens=opens, due=due, grace_days=0)
