"""Residents who do not exist: names of three made-up characters, ID numbers that are valid and in a row."""

from __future__ import annotations

from datetime import date, timedelta

from scripts.demo_people import Person
from verify_service.residents.id_number import check_character

REGION = "440304"
FIRST_BORN_ON = date(1936, 1, 1)
A_DAY = 400  # sequence numbers used of the thousand that a birth day has
SURNAMES, GIVEN = "陈李黄张林何王刘吴杨", "国秀建玉桂丽文志永春"


def person(index: int) -> Person:
    """The resident of this number: each has a number of identity of its own. Raises ValueError below 0."""
    if index < 0:
        raise ValueError("residents are counted from 0")
    born_on = FIRST_BORN_ON + timedelta(days=index // A_DAY)
    first = f"{REGION}{born_on:%Y%m%d}{100 + index % A_DAY:03d}"
    name = SURNAMES[index % 10] + GIVEN[index // 10 % 10] + GIVEN[index // 100 % 10]
    return Person(first + check_character(first), name)
