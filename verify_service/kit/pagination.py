"""Pages by key: a cursor names the last row that was seen, so that rows added meanwhile neither repeat nor vanish."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX = 50, 200


class CursorInvalid(Exception):
    """The cursor was not given out by this list."""

    def __init__(self) -> None:
        super().__init__("the cursor is not one that this list gave out")


@dataclass(frozen=True)
class Key:
    """Where a row stands in a list ordered by a day and then by id."""

    day: date
    id: UUID

    def cursor(self) -> str:
        """The key as an opaque, URL-safe word."""
        return base64.urlsafe_b64encode(json.dumps([self.day.isoformat(), self.id.hex]).encode()).decode().rstrip("=")

    @classmethod
    def of(cls, cursor: str) -> Key:
        """The key that a cursor names. Raises CursorInvalid."""
        try:
            day, identifier = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            return cls(date.fromisoformat(day), UUID(hex=identifier))
        except (binascii.Error, ValueError, TypeError, AttributeError) as error:
            raise CursorInvalid from error


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, how many there are in all, and where the next page begins (None after the last)."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None


def page_of(rows: Sequence[T], *, size: int, total: int, key: Callable[[T], Key]) -> Page[T]:
    """The page of `rows`, which were asked for with a limit of `size` + 1: the one too many tells that more follow."""
    items = tuple(rows[:size])
    return Page(items, total, key(items[-1]).cursor() if len(rows) > size else None)
