from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.kit.pagination import CursorInvalid, Key, page_of


@given(st.dates(), st.uuids())
def test_a_cursor_names_the_key_that_it_was_made_of(day: date, identifier: UUID) -> None:
    assert Key.of(Key(day, identifier).cursor()) == Key(day, identifier)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "W10", "WzEsMl0", "bnVsbA", "é"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        Key.of(cursor)


@given(st.text())
def test_no_text_makes_the_cursor_stumble(cursor: str) -> None:
    try:
        Key.of(cursor)
    except CursorInvalid:
        return


def test_the_row_too_many_is_not_shown_but_tells_that_more_follow() -> None:
    keys = [Key(date(2026, 1, day), UUID(int=day)) for day in (1, 2, 3)]

    first = page_of(keys, size=2, total=3, key=lambda k: k)
    last = page_of(keys[2:], size=2, total=3, key=lambda k: k)

    assert first.items == (keys[0], keys[1])
    assert first.next_cursor == keys[1].cursor()
    assert last.next_cursor is None
