"""Reading cases. Every query begins with `visible`, so that no list, count or single look forgets whose they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from verify_service.cases.errors import CaseUnknown
from verify_service.cases.records import CaseDecisionRecord, CaseRecord
from verify_service.cases.states import CaseState
from verify_service.kit.pagination import Key, Page, page_of
from verify_service.residents.districts import within

Districts = Collection[str] | None


@dataclass(frozen=True)
class Wanted:
    """Which cases of those that are visible; None asks for all. `due_before` leaves that day itself out."""

    states: tuple[CaseState, ...] | None = None
    due_before: date | None = None
    district: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.states is not None:
            conditions.append(CaseRecord.state.in_([state.value for state in self.states]))
        if self.due_before is not None:
            conditions.append(CaseRecord.due_by < self.due_before)
        if self.district is not None:
            conditions.append(within(CaseRecord.district, (self.district,)))
        return conditions


def visible(districts: Districts) -> Select[CaseRecord]:
    """The cases that somebody admitted for `districts` may know of; None is all districts."""
    return select(CaseRecord).where(within(CaseRecord.district, districts))


def get(session: Session, case_id: UUID, districts: Districts, *, for_update: bool = False) -> CaseRecord:
    """Raises CaseUnknown, also for a case of another district."""
    query = visible(districts).where(CaseRecord.id == case_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise CaseUnknown(case_id)
    return found


def page(session: Session, districts: Districts, wanted: Wanted, *, size: int, after: Key | None) -> Page[CaseRecord]:
    """Cases by due day, the most urgent first, with the count of all that are wanted."""
    query = visible(districts).where(*wanted.conditions())
    total = session.scalar(query.with_only_columns(func.count(CaseRecord.id))) or 0
    if after is not None:
        query = query.where(tuple_(CaseRecord.due_by, CaseRecord.id) > (after.day, after.id))
    rows = session.scalars(query.order_by(CaseRecord.due_by, CaseRecord.id).limit(size + 1)).all()
    return page_of(rows, size=size, total=total, key=lambda case: Key(case.due_by, case.id))


def counts(session: Session, districts: Districts, wanted: Wanted) -> dict[CaseState, int]:
    """How many of the wanted cases are in each state; a state without any counts zero."""
    query = visible(districts).where(*wanted.conditions())
    rows = session.execute(query.with_only_columns(CaseRecord.state, func.count()).group_by(CaseRecord.state))
    counted: dict[str, int] = dict(rows.all())
    return {state: counted.get(state.value, 0) for state in CaseState}


def decisions(session: Session, case_id: UUID) -> list[CaseDecisionRecord]:
    """What was decided on a case, in order. The case itself must have been found by `get`."""
    rows = select(CaseDecisionRecord).where(CaseDecisionRecord.case_id == case_id)
    return list(session.scalars(rows.order_by(CaseDecisionRecord.number)))
