from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.cases.due import working_day_after

FRIDAY = date(2026, 3, 6)


def test_the_week_end_does_not_count() -> None:
    assert working_day_after(FRIDAY, 1) == date(2026, 3, 9)
    assert working_day_after(date(2026, 3, 2), 5) == date(2026, 3, 9)
    assert working_day_after(date(2026, 3, 7), 1) == date(2026, 3, 9)


def test_a_holiday_does_not_count() -> None:
    assert working_day_after(FRIDAY, 1, holidays={date(2026, 3, 9)}) == date(2026, 3, 10)


def test_a_deadline_of_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        working_day_after(FRIDAY, 0)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_a_deadline_is_a_working_day_with_as_many_of_them_up_to_it(day: date, count: int) -> None:
    due = working_day_after(day, count)

    assert due.weekday() < 5
    assert sum((day + timedelta(days=i)).weekday() < 5 for i in range(1, (due - day).days + 1)) == count
