"""The citizen ID number of GB 11643-1999: region, birth day, sequence, check character.

440304 19491001 002 X: six digits of GB/T 2260 for the county of first registration, the birth day, three digits that
count the people born there that day, and one character by which a slip of the pen is found.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from verify_service.residents.errors import (
    ImpossibleBirthday,
    UnknownRegion,
    WrongCharacter,
    WrongCheckCharacter,
    WrongLength,
)

LENGTH = 18
# ISO 7064 MOD 11-2: weights are 2^(18 - position) modulo 11, the remainder chooses the character.
WEIGHTS = tuple(pow(2, 17 - index, 11) for index in range(17))
CHECK_CHARACTERS = "10X98765432"
# GB/T 2260 by province; 71 Taiwan, 81 to 83 the residence permits of Hong Kong, Macao and Taiwan residents.
PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]
)
# The oldest person known lived 122 years; a year before 1850 is a slip, not a person.
EARLIEST_YEAR = 1850


@dataclass(frozen=True)
class IDNumber:
    """A valid ID number in its one spelling: 18 characters, X as a capital."""

    text: str = field(repr=False)
    birth_on: date

    @property
    def tail(self) -> str:
        """The last four characters: enough for a clerk to compare with a card."""
        return self.text[-4:]


def check_character(first_17: str) -> str:
    """The 18th character of 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def parse(text: str, *, today: date) -> IDNumber:
    """The ID number that `text` spells; full-width digits, spaces and a small x are read as meant.

    Raises WrongLength, WrongCharacter, UnknownRegion, ImpossibleBirthday (also for a day after `today`) or
    WrongCheckCharacter, the first that applies. None of them repeats the number.
    """
    # NFKC turns the full-width characters of a Chinese keyboard into plain ones.
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(plain) != LENGTH:
        raise WrongLength(len(plain))
    for position, character in enumerate(plain, start=1):
        if character not in ("0123456789X" if position == LENGTH else "0123456789"):
            raise WrongCharacter(position)
    if int(plain[:2]) not in PROVINCES:
        raise UnknownRegion
    birth_on = _birth_on(plain[6:14], today)
    if check_character(plain[:17]) != plain[17]:
        raise WrongCheckCharacter
    return IDNumber(plain, birth_on)


def _birth_on(digits: str, today: date) -> date:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise ImpossibleBirthday from error
    if day.year < EARLIEST_YEAR or day > today:
        raise ImpossibleBirthday
    return day
