"""Which department may ask for which purpose, and who asked about whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class DepartmentPurposeRecord(Base):
    """A purpose for which a client may validate confirmations. Without a row it may not."""

    __tablename__ = "department_purposes"
    __table_args__ = (UniqueConstraint("client_id", "purpose"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("clients.id"))
    purpose: Mapped[str] = mapped_column(String(64))


class AccessLogRecord(Base):
    """One look of a department at a resident's confirmation, for the resident to read. Rows are added, never changed.

    `outcome` is `stands`, or the reason why it did not.
    """

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_resident", "resident_ref", "asked_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("clients.id"))
    confirmation_id: Mapped[UUID] = mapped_column(ForeignKey("confirmations.id"))
    purpose: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
