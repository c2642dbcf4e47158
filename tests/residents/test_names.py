from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.residents.errors import NameInvalid
from verify_service.residents.names import compared, written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王秀英", " 王 秀英 "),
        ("王秀英", "王　秀英"),
        ("买买提·艾力", "买买提•艾力"),
        ("买买提·艾力", "买买提・艾力"),
        ("买买提·艾力", "买买提 ‧ 艾力"),
        ("买买提·艾力", "买买提．艾力"),
        ("Anna Lee", "ＡＮＮＡ　lee"),
    ],
)
def test_spellings_of_one_name_compare_alike(one: str, other: str) -> None:
    assert compared(one) == compared(other)


@pytest.mark.parametrize(
    ("one", "other"), [("王秀英", "王秀瑛"), ("后羿", "後羿"), ("买买提·艾力", "买买提艾力"), ("王一", "王一一")]
)
def test_different_names_compare_apart(one: str, other: str) -> None:
    assert compared(one) != compared(other)


@given(st.text(max_size=40))
def test_comparing_what_was_already_made_comparable_changes_nothing(text: str) -> None:
    assert compared(compared(text)) == compared(text)


def test_a_name_is_kept_as_it_was_written_without_the_space_around_it() -> None:
    assert written("  Anna   Lee ") == "Anna Lee"
    assert written("𠮷田") == "𠮷田"


@pytest.mark.parametrize("text", ["", "  ", "王\x00", "王\u202e英", "英" * 61])
def test_what_cannot_be_a_name_is_refused(text: str) -> None:
    with pytest.raises(NameInvalid):
        written(text)
