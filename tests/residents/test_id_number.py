"""GB 11643-1999. Numbers here are made up; 11010519491231002X is the standard's own example."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.residents.errors import (
    IDNumberInvalid,
    ImpossibleBirthday,
    UnknownRegion,
    WrongCharacter,
    WrongCheckCharacter,
    WrongLength,
)
from verify_service.residents.id_number import PROVINCES, IDNumber, check_character, parse

TODAY = date(2026, 11, 24)
EXAMPLE = "11010519491231002X"

births = st.dates(date(1900, 1, 1), TODAY)
valid_numbers = st.builds(
    lambda province, rest, born, sequence: _completed(f"{province}{rest:04}{born:%Y%m%d}{sequence:03}"),
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 9999),
    births,
    st.integers(0, 999),
)


def _completed(first_17: str) -> str:
    return first_17 + check_character(first_17)


def test_the_example_of_the_standard_is_valid_and_tells_the_birth_day() -> None:
    assert parse(EXAMPLE, today=TODAY) == IDNumber(EXAMPLE, date(1949, 12, 31))


def test_full_width_digits_spaces_and_a_small_x_are_read_as_meant() -> None:
    assert parse(" １１０１０５ 19491231 002x ", today=TODAY).text == EXAMPLE
    assert parse("1101051949123100²X", today=TODAY).text == EXAMPLE


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", WrongLength),
        ("110105491231002", WrongLength),
        (EXAMPLE + "0", WrongLength),
        ("1101051949123100X2", WrongCharacter),
        ("11010519491231002Y", WrongCharacter),
        ("１１０１０５19491231002甲", WrongCharacter),
        ("٤" * 18, WrongCharacter),  # digits, but not of this alphabet
        (_completed("99010519491231002"), UnknownRegion),
        (_completed("11010519490229002"), ImpossibleBirthday),
        (_completed("11010519491301002"), ImpossibleBirthday),
        (_completed("11010518491231002"), ImpossibleBirthday),
        (_completed("11010500001231002"), ImpossibleBirthday),
        (_completed("11010520261125002"), ImpossibleBirthday),
        ("110105194912310020", WrongCheckCharacter),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_its_own_reason(text: str, error: type[IDNumberInvalid]) -> None:
    with pytest.raises(error):
        parse(text, today=TODAY)


def test_who_was_born_today_has_a_number() -> None:
    assert parse(_completed("44030420261124001"), today=TODAY).birth_on == TODAY


def test_a_number_of_15_digits_is_told_to_be_an_old_one() -> None:
    with pytest.raises(WrongLength, match="no longer in use"):
        parse("440304491001001", today=TODAY)


@given(valid_numbers)
def test_every_well_formed_number_is_read_and_reads_back_as_itself(number: str) -> None:
    parsed = parse(number, today=TODAY)

    assert parsed.text == number
    assert parsed.birth_on.strftime("%Y%m%d") == number[6:14]


@given(valid_numbers, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(number: str, index: int, shift: int) -> None:
    wrong = number[:index] + str((int(number[index]) + shift) % 10) + number[index + 1 :]

    with pytest.raises(IDNumberInvalid):
        parse(wrong, today=TODAY)


@given(valid_numbers, st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(number: str, index: int) -> None:
    if number[index] == number[index + 1]:
        return
    swapped = number[:index] + number[index + 1] + number[index] + number[index + 2 :]

    with pytest.raises(IDNumberInvalid):
        parse(swapped, today=TODAY)


@given(st.text(max_size=30))
def test_no_text_makes_the_parser_stumble(text: str) -> None:
    with contextlib.suppress(IDNumberInvalid):
        assert len(parse(text, today=TODAY).text) == 18


def test_neither_an_error_nor_a_repr_shows_the_number() -> None:
    assert "002X" not in repr(parse(EXAMPLE, today=TODAY))
    with pytest.raises(WrongCheckCharacter) as caught:
        parse("110105194912310020", today=TODAY)
    assert "1949" not in str(caught.value)
