"""Idempotency keys: the same key with the same body gives the same thing again, with another body a refusal.

A key is taken in the transaction that makes the thing: a second request with it waits until the first has committed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from verify_service.kit.db import Base


class IdempotencyRecord(Base):
    """One key of one client. It is kept for the whole campaign, so that a phone may come back after weeks."""

    __tablename__ = "idempotency_keys"

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    request_digest: Mapped[bytes]
    result_id: Mapped[UUID]
    made_at: Mapped[datetime]


class KeyReused(Exception):
    """The key was used before with another request."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used with another request")


def request_digest(operation: str, body: dict[str, Any]) -> bytes:
    """SHA-256 over the operation and its body. The body may hold personal data; only the hash is kept."""
    canonical = json.dumps([operation, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).digest()


def take(
    session: Session, *, client_id: UUID, key: str, digest: bytes, result_id: UUID, now: datetime
) -> UUID | None:
    """Take the key for `result_id`. None if it is new; the id made with it before, if the request is the same.

    Raises KeyReused.
    """
    values = {"client_id": client_id, "key": key, "request_digest": digest, "result_id": result_id, "made_at": now}
    statement = insert(IdempotencyRecord).values(values).on_conflict_do_nothing().returning(IdempotencyRecord.key)
    if session.execute(statement).scalar_one_or_none() is not None:
        return None
    before = session.execute(
        select(IdempotencyRecord).where(IdempotencyRecord.client_id == client_id, IdempotencyRecord.key == key)
    ).scalar_one()
    if before.request_digest != digest:
        raise KeyReused
    return before.result_id
