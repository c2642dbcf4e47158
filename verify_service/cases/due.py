"""Working days: the office is closed on Saturday and Sunday."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def working_day_after(day: date, count: int, *, holidays: Collection[date] = ()) -> date:
    """The `count`-th working day after `day`, which itself does not count. Raises ValueError for a count below one."""
    if count < 1:
        raise ValueError("a deadline lies at least one working day ahead")
    left = count
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            left -= 1
    return day
