"""What one phase of a load test is told, and what it notes: files between the test and the process of the phones."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ENVIRONMENT = "LOADTEST_PLAN"


@dataclass(frozen=True)
class Visitor:
    """A resident who comes once, for a purpose, with a clip of this name."""

    id_number: str
    name: str
    purpose: str
    clip: str


@dataclass(frozen=True)
class Plan:
    """`moments`: when visitors come, in seconds. `patience_seconds`: how long after the last one phones may still wait.

    `clips`: files by name. `speeds`: bytes a second of which each phone has one; 0 is as fast as it goes.
    """

    url: str
    token: str
    moments: list[float]
    visitors: list[Visitor]
    clips: dict[str, str]
    events: str
    patience_seconds: float
    speeds: list[int]
    abandon_share: float
    torn_share: float
    repeat_share: float
    seed: int

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        content = json.loads(path.read_text("utf-8"))
        return cls(**{**content, "visitors": [Visitor(**v) for v in content["visitors"]]})


@dataclass(frozen=True)
class Event:
    """One thing that a phone did or learnt. `at`: seconds after the phase's begin, when it ended.

    `kind`: open, challenge, upload (the body's way), acknowledge (last byte to answer), repeat (the same bytes again),
    poll, decision (answer to outcome), abandoned, torn, left. `code`: the HTTP status, 0 where the connection broke.
    """

    at: float
    kind: str
    seconds: float = 0.0
    code: int | None = None
    outcome: str = ""


def write_events(events: list[Event], path: Path) -> None:
    path.write_text("".join(json.dumps(asdict(event)) + "\n" for event in events), "utf-8")


def read_events(path: Path) -> list[Event]:
    return [_event(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _event(fields: dict[str, Any]) -> Event:
    return Event(**fields)
