"""Writing to the audit log, in the transaction of what it tells: both are committed, or neither.

An entry is numbered and chained when its transaction commits, as the last thing before it. Appends must come one after
the other (each hash needs the one before), so they share one lock, on the head. Taken last and held only for the commit,
it cannot dead-lock with the locks on other rows and keeps nobody waiting for longer than a write to disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.orm import Session, SessionTransaction

from verify_service.audit.actor import Actor
from verify_service.audit.chain import GENESIS, Entry, facts_text
from verify_service.audit.records import AuditHeadRecord, AuditRecord
from verify_service.kit.crypto import Vault
from verify_service.kit.office import Office

PENDING = "audit.pending"


@dataclass(frozen=True)
class _Pending:
    at: datetime
    event: str
    actor: Actor
    subject: str | None
    resident_ref: UUID | None
    facts: str
    vault: Vault
    transaction: SessionTransaction | None


def append(
    session: Session,
    office: Office,
    *,
    event: str,
    actor: Actor,
    subject: str | None = None,
    resident_ref: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Have `event` ("case.closed") written when the session's transaction commits; a rollback takes it back.

    `subject` names what it happened to ("case:<id>"); `facts` are plain JSON without names, ID numbers or tokens.
    Raises FactsNotPlain or PersonalFacts. The row is there after the commit, not before.
    """
    if PENDING not in session.info:
        session.info[PENDING] = []
        sqlalchemy_event.listen(session, "before_commit", _write)
        sqlalchemy_event.listen(session, "after_soft_rollback", _forget)
    # Asking for the connection begins the transaction, so that a commit will come.
    session.connection()
    transaction = session.get_nested_transaction() or session.get_transaction()
    text = facts_text(event, facts or {})
    session.info[PENDING].append(
        _Pending(office.clock.now(), event, actor, subject, resident_ref, text, office.vault, transaction)
    )


def seal_of(vault: Vault, count: int, head_hash: bytes) -> bytes:
    return vault.lookup_digest("audit-head", f"{count}:{head_hash.hex()}")


def _write(session: Session) -> None:
    if session.in_nested_transaction() or not session.info[PENDING]:
        return
    # What else this transaction has to say comes first: the head's lock is the last one taken.
    session.flush()
    pending: list[_Pending] = session.info[PENDING]
    count, last = _locked_head(session, pending[0].vault)
    rows = []
    for each in pending:
        count += 1
        entry = Entry(count, each.at, each.event, each.actor, each.subject, each.resident_ref, each.facts)
        rows.append(_row(entry, previous=last, own=entry.hash_after(last)))
        last = rows[-1]["hash"]
    session.execute(insert(AuditRecord), rows)
    seal = seal_of(pending[0].vault, count, last)
    session.execute(
        update(AuditHeadRecord).values(count=count, hash=last, seal=seal),
        execution_options={"synchronize_session": False},
    )
    pending.clear()


def _row(entry: Entry, *, previous: bytes, own: bytes) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "event": entry.event,
        "actor_kind": entry.actor.kind,
        "actor_id": entry.actor.id,
        "subject": entry.subject,
        "resident_ref": entry.resident_ref,
        "facts_text": entry.facts_text,
        "previous_hash": previous,
        "hash": own,
    }


def _locked_head(session: Session, vault: Vault) -> tuple[int, bytes]:
    locked = select(AuditHeadRecord.count, AuditHeadRecord.hash).with_for_update()
    head = session.execute(locked).one_or_none()
    if head is None:
        # The very first entry. Of two that race for it, the second waits here and then finds the first one's head.
        first = {"id": 1, "count": 0, "hash": GENESIS, "seal": seal_of(vault, 0, GENESIS)}
        session.execute(insert_or_skip(AuditHeadRecord).values(first).on_conflict_do_nothing())
        head = session.execute(locked).one()
    count, last = head
    return count, last


def _forget(session: Session, previous: SessionTransaction) -> None:
    """A rollback, also to a savepoint, takes the entries back that were appended within it."""
    pending: list[_Pending] = session.info[PENDING]
    pending[:] = [each for each in pending if not _within(each.transaction, previous)]


def _within(transaction: SessionTransaction | None, ancestor: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is ancestor:
            return True
        transaction = transaction.parent
    return False
