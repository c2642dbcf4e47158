from __future__ import annotations

from datetime import date

import pytest

from scripts.loadtest.people import person
from verify_service.residents.id_number import parse


def test_each_made_up_resident_has_a_valid_number_of_their_own() -> None:
    numbers = {person(index).id_number for index in range(2_000)}

    assert len(numbers) == 2_000
    assert all(parse(number, today=date(2026, 11, 25)) for number in numbers)


def test_residents_are_counted_from_zero() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        person(-1)
