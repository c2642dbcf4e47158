"""The chain: each entry's hash covers the one before, so that no entry can be changed, taken out or moved unseen."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from verify_service.audit.actor import Actor
from verify_service.audit.errors import FactsNotPlain, PersonalFacts

GENESIS = bytes(32)  # the hash "before" the first entry
# 17 digits and a digit or X (GB 11643), standing alone: a hash in hex is no ID number.
ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")


@dataclass(frozen=True)
class Entry:
    """One entry as it is hashed. `facts_text` is canonical JSON, `at` in UTC."""

    sequence: int
    at: datetime
    event: str
    actor: Actor
    subject: str | None
    resident_ref: UUID | None
    facts_text: str

    def hash_after(self, previous_hash: bytes) -> bytes:
        """SHA-256 over the canonical JSON of the entry and the hash of the entry before."""
        row = {
            "sequence": self.sequence,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "event": self.event,
            "actor": {"kind": self.actor.kind, "id": self.actor.id},
            "subject": self.subject,
            "resident_ref": str(self.resident_ref) if self.resident_ref else None,
            "facts": self.facts_text,
            "previous_hash": previous_hash.hex(),
        }
        return hashlib.sha256(canonical(row).encode()).digest()


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, UTF-8 text as it is. Raises ValueError for NaN and infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def facts_text(event: str, facts: Mapping[str, Any]) -> str:
    """The facts as canonical JSON. Raises FactsNotPlain, or PersonalFacts if one of them looks like an ID number."""
    for fact, value in _leaves(facts):
        if isinstance(value, float) and not math.isfinite(value):
            raise FactsNotPlain(event)
        if ID_NUMBER.search(str(value)):
            raise PersonalFacts(event, fact)
    try:
        return canonical(dict(facts))
    except (TypeError, ValueError) as error:
        raise FactsNotPlain(event) from error


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value
