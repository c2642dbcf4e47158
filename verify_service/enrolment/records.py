"""References: the photo that a resident was enrolled with, and the template made of it, both sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class ReferenceRecord(Base):
    """One reference. `model_sha256` names the embedder in whose space the template lies."""

    __tablename__ = "enrolment_references"  # `references` is a reserved word of SQL
    __table_args__ = (
        Index("ix_enrolment_references_resident_ref", "resident_ref"),
        Index(
            "uq_enrolment_references_one_standing",
            "resident_ref",
            unique=True,
            postgresql_where=text("state IN ('pending', 'active')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    state: Mapped[str]
    photo_path: Mapped[str]
    media_type: Mapped[str]
    byte_size: Mapped[int]
    photo_year: Mapped[int | None]
    source: Mapped[str]
    template_sealed: Mapped[bytes | None]
    model_sha256: Mapped[str | None]
    reason: Mapped[str | None]  # why it was rejected, in a word of biometrics/reasons.py
    attempts: Mapped[int]  # how often a worker began to look at it
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
