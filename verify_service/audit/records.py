"""The rows of the audit log, and the triggers that let nobody rewrite them in passing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, BigInteger, CheckConstraint, Index, String, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base

FORBID_CHANGES = """
CREATE FUNCTION audit_forbid_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of % is forbidden', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_forbid_changes();
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_forbid_changes();
CREATE FUNCTION audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.count <= OLD.count OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the head of the audit log only moves on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_moves_on();
"""

ALLOW_CHANGES = """
DROP TRIGGER IF EXISTS audit_head_moves_on ON audit_head;
DROP TRIGGER IF EXISTS audit_head_stays ON audit_head;
DROP TRIGGER IF EXISTS audit_entries_append_only ON audit_entries;
DROP FUNCTION IF EXISTS audit_head_moves_on();
DROP FUNCTION IF EXISTS audit_forbid_changes();
"""


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


def _also_made_by_create_all() -> None:
    """Tests make tables without the migration: they get its triggers too."""
    head = AuditHeadRecord.__table__
    after_create, before_drop = (DDL(each.replace("%", "%%")) for each in (FORBID_CHANGES, ALLOW_CHANGES))  # type: ignore[no-untyped-call]
    event.listen(head, "after_create", after_create)
    event.listen(head, "before_drop", before_drop)


_also_made_by_create_all()
