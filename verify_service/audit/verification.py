"""Proof that the log is whole: every entry's hash, every link, no gap, and a head that agrees with the last entry.

What it finds: an entry that was changed, taken out, put in or moved; entries cut off at the end; a head that was made
without the keys. What it cannot find alone: that the whole database was put back to an older copy, or that someone who
also holds the keys wrote the chain anew. Against both helps a head that was noted elsewhere: give it as `noted`.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.audit.actor import Actor, ActorKind
from verify_service.audit.chain import GENESIS, Entry
from verify_service.audit.log import seal_of
from verify_service.audit.records import AuditHeadRecord, AuditRecord
from verify_service.kit.crypto import Vault

ROWS_AT_ONCE = 1000

FaultKind = Literal["gap", "changed", "link", "cut", "head_missing", "head_differs", "seal", "noted_head"]
SENTENCES: dict[FaultKind, str] = {
    "gap": "entries are missing before this one",
    "changed": "this entry is not what was written",
    "link": "this entry does not follow the one before",
    "cut": "entries were cut off after this one",
    "head_missing": "there are entries, but no head",
    "head_differs": "the head was not made from this last entry",
    "seal": "the head was not sealed with the keys of this service",
    "noted_head": "the chain does not go through the head that was noted earlier",
}


@dataclass(frozen=True)
class Head:
    """How many entries, and the hash of the last. Written down elsewhere, it is a witness: `<count>:<hash in hex>`."""

    count: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.count}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Raises ValueError."""
        count, _, digest = text.partition(":")
        head = cls(int(count), bytes.fromhex(digest))
        if head.count < 0 or len(head.hash) != len(GENESIS):
            raise ValueError("a head is written <count>:<64 hex digits>")
        return head


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at which entry."""

    kind: FaultKind
    sequence: int

    def __str__(self) -> str:
        return f"entry {self.sequence}: {SENTENCES[self.kind]}"


@dataclass(frozen=True)
class AuditReport:
    """What was checked. The log is whole only if there are no faults; `head` is worth noting elsewhere."""

    head: Head
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(
    session: Session, vault: Vault, *, noted: Collection[Head] = (), rows_at_once: int = ROWS_AT_ONCE
) -> AuditReport:
    """Walk through the whole chain. Run it in a REPEATABLE READ transaction where others may be writing."""
    head = session.scalars(select(AuditHeadRecord)).one_or_none()
    faults: list[Fault] = []
    last = Head(0, GENESIS)
    witnesses = {witness.count: witness.hash for witness in noted}
    seen = {0: GENESIS} if 0 in witnesses else {}
    for record in _records(session, rows_at_once):
        faults += _faults_of(record, last)
        last = Head(record.sequence, record.hash)
        if record.sequence in witnesses:
            seen[record.sequence] = record.hash
    if head is None:
        faults += [Fault("head_missing", last.count)] if last.count else []
    else:
        faults += _faults_of_head(Head(head.count, head.hash), head.seal, last, vault)
    faults += [Fault("noted_head", count) for count, digest in sorted(witnesses.items()) if seen.get(count) != digest]
    return AuditReport(last, tuple(faults))


def _records(session: Session, rows_at_once: int) -> Iterator[AuditRecord]:
    # In pages by key: a log of years does not fit into memory.
    after = -(2**63)
    while True:
        page = session.scalars(
            select(AuditRecord).where(AuditRecord.sequence > after).order_by(AuditRecord.sequence).limit(rows_at_once)
        ).all()
        if not page:
            return
        yield from page
        after = page[-1].sequence
        for record in page:
            session.expunge(record)


def _faults_of(record: AuditRecord, last: Head) -> Iterator[Fault]:
    if record.sequence != last.count + 1:
        yield Fault("gap", record.sequence)
    if record.previous_hash != last.hash:
        yield Fault("link", record.sequence)
    if not _is_what_was_written(record):
        yield Fault("changed", record.sequence)


def _is_what_was_written(record: AuditRecord) -> bool:
    kind: ActorKind | None = next((kind for kind in get_args(ActorKind) if kind == record.actor_kind), None)
    if kind is None:
        return False
    entry = Entry(
        record.sequence,
        record.at,
        record.event,
        Actor(kind, record.actor_id),
        record.subject,
        record.resident_ref,
        record.facts_text,
    )
    return entry.hash_after(record.previous_hash) == record.hash


def _faults_of_head(head: Head, seal: bytes, last: Head, vault: Vault) -> Iterator[Fault]:
    if not hmac.compare_digest(seal_of(vault, head.count, head.hash), seal):
        yield Fault("seal", head.count)
    if head.count > last.count:
        yield Fault("cut", last.count)
    elif head != last:
        yield Fault("head_differs", last.count)
