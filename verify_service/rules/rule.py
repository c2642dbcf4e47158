"""A rule as it stands in its file: what is asked of whom, until when, and what follows. Checked when it is read."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from verify_service.kit.languages import Texts
from verify_service.rules.errors import PurposeUnknown

MONTH_AND_DAY = re.compile(r"(\d\d)-(\d\d)")


@dataclass(frozen=True)
class Cycle:
    """One year's turn of one resident. All three days are the office's, and all three belong to their span."""

    year: int
    opens_on: date
    due_on: date
    valid_until: date


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class YearlyCycle(_Part):
    """One confirmation a calendar year. `opens` and `due` are "MM-DD"; `grace_days` follow the due day before it lapses."""

    kind: Literal["yearly"]
    opens: str
    due: str
    grace_days: int = Field(ge=0, le=366)

    @field_validator("opens", "due")
    @classmethod
    def _is_a_day_of_every_year(cls, text: str) -> str:
        found = MONTH_AND_DAY.fullmatch(text)
        # 2023 is no leap year: 29 February would be missing three years of four.
        if not found or not _exists(2023, int(found[1]), int(found[2])):
            raise ValueError("is not a day of every year, written MM-DD")
        return text

    @model_validator(mode="after")
    def _opens_before_it_is_due(self) -> YearlyCycle:
        if self.opens > self.due:
            raise ValueError("the cycle opens after it is due")
        return self

    def of_year(self, year: int) -> Cycle:
        due_on = _day(year, self.due)
        return Cycle(year, _day(year, self.opens), due_on, due_on + timedelta(days=self.grace_days))


class Purpose(_Part):
    """What a confirmation is for. `consequence` tells people what happens if none comes, and what does not."""

    title: Texts
    consequence: Texts
    cycle: YearlyCycle


class Deadlines(_Part):
    """How soon a person must have looked, in working days."""

    case_working_days: int = Field(ge=1, le=60)
    visit_working_days: int = Field(ge=1, le=60)


class Rule(_Part):
    """One version of the rules. It holds from `effective_on` until the next version does."""

    version: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
    effective_on: date
    attempts: int = Field(ge=1, le=10)
    clip_retention_days: int = Field(ge=1, le=3650)
    fingerprint_retention_days: int = Field(ge=1, le=3650)
    deadlines: Deadlines
    purposes: dict[str, Purpose] = Field(min_length=1)

    def purpose(self, code: str) -> Purpose:
        """Raises PurposeUnknown."""
        try:
            return self.purposes[code]
        except KeyError:
            raise PurposeUnknown(code, tuple(self.purposes)) from None

    def cycle_for(self, birth_on: date, day: date, purpose: str) -> Cycle:
        """The cycle of `purpose` that is a resident's on `day`. Raises PurposeUnknown.

        A yearly cycle does not ask for the birth day; it is here for windows by birthday or age.
        """
        return self.cycle_of_year(birth_on, day.year, purpose)

    def cycle_of_year(self, birth_on: date, year: int, purpose: str) -> Cycle:
        """The cycle of a year that may be over: a case begun in December is decided in January. Raises PurposeUnknown."""
        del birth_on
        return self.purpose(purpose).cycle.of_year(year)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _day(year: int, month_and_day: str) -> date:
    month, day = month_and_day.split("-")
    return date(year, int(month), int(day))
