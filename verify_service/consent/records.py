"""Who agreed to what, in which words, and who helped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class ConsentRecord(Base):
    """One consent. It is never changed but for `withdrawn_at`: agreeing again is another row."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_in_force", "resident_ref", "purpose", "given_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    purpose: Mapped[str]
    text_version: Mapped[str]
    given_by: Mapped[str]
    helper_sealed: Mapped[bytes | None]
    actor_kind: Mapped[str]  # who recorded it: the client or the member of staff
    actor_id: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
