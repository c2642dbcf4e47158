"""Idempotency keys: the same key with the same body gives the same thing again, with another body a refusal.

A key is locked in the transaction that makes the thing: a second request with it waits until the first has committed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from verify_service.kit.crypto import Vault
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


def request_digest(vault: Vault, operation: str, body: dict[str, Any]) -> bytes:
    """Keyed hash of the operation and its body. Keyed, since a body may hold an ID number, and those can be tried out."""
    canonical = json.dumps([operation, body], sort_keys=True, ensure_ascii=False, default=str)
    return vault.lookup_digest("idempotency", canonical)


@dataclass(frozen=True)
class Key:
    """A client's key, and what it was sent with."""

    client_id: UUID
    key: str
    digest: bytes


def result_of(session: Session, key: Key) -> UUID | None:
    """The id that was made with this key by the same request; None if the key is new.

    Until the transaction ends, the key is this request's own. Raises KeyReused.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{key.client_id}:{key.key}", 0))))
    before = session.get(IdempotencyRecord, (key.client_id, key.key))
    if before is None:
        return None
    if before.request_digest != key.digest:
        raise KeyReused
    return before.result_id


def keep(session: Session, key: Key, *, result_id: UUID, now: datetime) -> None:
    """Keep what was made with a key that `result_of` found to be new."""
    session.add(
        IdempotencyRecord(
            client_id=key.client_id, key=key.key, request_digest=key.digest, result_id=result_id, made_at=now
        )
    )
