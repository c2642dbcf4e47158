"""The clock is injected, so that a test can hold time and a year can be played through in a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """This moment, in UTC."""
        ...

    def today(self) -> date:
        """The day at the office (China Standard Time): deadlines and birthdays are days, not moments."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(OFFICE_ZONE).date()


@dataclass
class HeldClock:
    """A clock for tests: it stands until it is moved."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.astimezone(OFFICE_ZONE).date()

    def advance(self, by: timedelta) -> None:
        self.moment += by
