"""Who did it: every entry of the audit log names an actor, by id and never by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["client", "staff", "system", "resident"]


@dataclass(frozen=True)
class Actor:
    """`id` is opaque: the id of a client, of a member of staff or of a resident, or the name of a part of the system."""

    kind: ActorKind
    id: str


def system(part: str) -> Actor:
    """The service itself, by the part that acts: "worker", "supervisor", "admin"."""
    return Actor("system", part)
