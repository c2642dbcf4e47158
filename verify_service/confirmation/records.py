"""The rows of confirmations."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base

ONE_STANDING = "uq_confirmations_one_standing"


class ConfirmationRecord(Base):
    """One signed confirmation. `verification_id` names a row of a higher room.

    The credential lies sealed with the resident's identity key: it holds no name and no number, but a commitment to the
    number, and a stolen database should not be a list of numbers to be tried.
    """

    __tablename__ = "confirmations"
    __table_args__ = (
        Index(
            ONE_STANDING,
            "resident_ref",
            "purpose",
            "year",
            unique=True,
            postgresql_where=text("state IN ('valid', 'suspended')"),
        ),
        UniqueConstraint("status_list", "status_index"),
        # What a status list is made of: the few that do not stand.
        Index(
            "ix_confirmations_not_valid",
            "status_list",
            postgresql_where=text("state IN ('suspended', 'superseded', 'revoked')"),
        ),
        Index("ix_confirmations_running", "valid_until", postgresql_where=text("state = 'valid'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(30))
    verification_id: Mapped[UUID | None] = mapped_column(index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    status_list: Mapped[int]
    status_index: Mapped[int]
    kid: Mapped[str] = mapped_column(String(64))
    credential_sealed: Mapped[bytes]
    issued_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    reason_code: Mapped[str | None] = mapped_column(String(40))  # of the last suspension or revocation
    is_demo: Mapped[bool]
