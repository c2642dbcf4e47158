"""The rows of the audit log. Triggers (kit/migrations, 0001) let nobody rewrite them in passing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class AuditRecord(Base):
    """One entry. `facts_text` is canonical JSON kept as text: a JSON column would rewrite numbers and break the hash."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("sequence > 0", name="sequence_positive"),
        Index("ix_audit_entries_resident_ref", "resident_ref", postgresql_where=text("resident_ref IS NOT NULL")),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(100), index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str | None] = mapped_column(String(200), index=True)
    resident_ref: Mapped[UUID | None]
    facts_text: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]

    @property
    def facts(self) -> dict[str, Any]:
        facts = json.loads(self.facts_text)
        assert isinstance(facts, dict)
        return facts


class AuditHeadRecord(Base):
    """How many entries there are and the hash of the last: kept apart, so that a cut at the end is seen.

    `seal` is a keyed hash of both. Who holds the database but not the keys can put back an older head, but not make one.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
    seal: Mapped[bytes]
