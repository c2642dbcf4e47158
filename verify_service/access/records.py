"""Who may call: clients (programs), named staff, and the hashes of their tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class ClientRecord(Base):
    """A program: an app's back end, a registry, a department."""

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]


class StaffRecord(Base):
    """A member of staff, by name: a decision is always a person's. `districts` of None means all."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[str] = mapped_column(String(30))
    districts: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]


class TokenRecord(Base):
    """A token of one client or one member of staff. Only its keyed hash is stored; the prefix finds the row."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("(client_id IS NULL) <> (staff_id IS NULL)", name="one_holder"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    digest: Mapped[bytes]
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("clients.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
