"""States move by a table of allowed moves and a compare-and-set that loses a race visibly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from verify_service.kit.db import Base

S = TypeVar("S", bound=StrEnum)


class StateError(Exception):
    """A state cannot be changed so."""


class MoveNotAllowed(StateError):
    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target
        super().__init__(f"there is no move from {source} to {target}")


class StateLost(StateError):
    """Somebody else moved the record first, or it was not in the state that was expected."""

    def __init__(self, record: str, key: UUID, expected: Collection[str]) -> None:
        self.record, self.key, self.expected = record, key, tuple(expected)
        super().__init__(f"{record} {key} is not in state {' or '.join(sorted(expected))}")


class Moves(Generic[S]):
    """The table of allowed moves of one kind of record."""

    def __init__(self, table: Mapping[S, Collection[S]]) -> None:
        self.table = {source: frozenset(targets) for source, targets in table.items()}

    def require(self, source: S, target: S) -> None:
        if target not in self.table.get(source, frozenset()):
            raise MoveNotAllowed(source, target)

    def terminal(self, state: S) -> bool:
        return not self.table.get(state)


def move(
    session: Session,
    record: type[Base],
    key: UUID,
    moves: Moves[S],
    source: S | Collection[S],
    target: S,
    **values: Any,
) -> None:
    """Set `state` of the record with this `id` from one of `source` to `target`, with other columns if given.

    Raises MoveNotAllowed for a move that the table does not hold, StateLost if the record is in none of the sources.
    """
    sources = {source} if isinstance(source, StrEnum) else set(source)
    for each in sources:
        moves.require(each, target)
    columns: Any = record
    statement = (
        update(record)
        .where(columns.id == key, columns.state.in_([str(s) for s in sources]))
        .values(state=str(target), **values)
        .returning(columns.id)
        .execution_options(synchronize_session="fetch")
    )
    if session.execute(statement).scalar_one_or_none() is None:
        raise StateLost(record.__name__, key, [str(s) for s in sources])
