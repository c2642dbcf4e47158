"""The ledger of life evidence."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class LifeEvidenceRecord(Base):
    """One piece of evidence that a resident was alive on a day. Rows are added, never changed.

    `source` names where it comes from ("verification", "counter"); `verification_id` names a row of a higher room.
    """

    __tablename__ = "life_evidence"
    __table_args__ = (
        Index("ix_life_evidence_resident", "resident_ref", "observed_on"),
        # A verification is evidence once, however often its end is recorded.
        Index(
            "uq_life_evidence_one_per_verification",
            "verification_id",
            unique=True,
            postgresql_where=text("verification_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    kind: Mapped[str] = mapped_column(String(30))
    source: Mapped[str] = mapped_column(String(100))
    strength: Mapped[str] = mapped_column(String(20))
    observed_on: Mapped[date]
    verification_id: Mapped[UUID | None]
    recorder_kind: Mapped[str] = mapped_column(String(20))
    recorder_id: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]
