"""Cases: what waits for a person, with a day by which one must have looked."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class CaseRecord(Base):
    """One case. `district` is the resident's on the day it was opened; `verification_id` names a row of a higher room."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_list", "district", "state", "due_by", "id"),
        Index(
            "uq_cases_one_open_per_verification",
            "verification_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "uq_cases_one_open_per_wish",
            "resident_ref",
            "wish",
            unique=True,
            postgresql_where=text("state <> 'closed' AND verification_id IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    district: Mapped[str]
    verification_id: Mapped[UUID | None]
    wish: Mapped[str | None]
    reasons: Mapped[list[str]]
    note_sealed: Mapped[bytes | None]
    due_by: Mapped[date]
    assigned_to: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class CaseDecisionRecord(Base):
    """What one member of staff decided. Rows are added, never changed; `number` counts within the case."""

    __tablename__ = "case_decisions"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    staff_id: Mapped[UUID]
    action: Mapped[str]
    reason_code: Mapped[str]
    advice: Mapped[list[str]]
    note_sealed: Mapped[bytes | None]
    decided_at: Mapped[datetime]
