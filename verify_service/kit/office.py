"""What an endpoint or a job is given to work with. `wiring.py` builds it; nothing else chooses concrete parts."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from verify_service.kit.blobs import Blobs
from verify_service.kit.clock import Clock
from verify_service.kit.crypto import Vault
from verify_service.kit.db import Sessions, transaction
from verify_service.kit.jobs import JobQueue
from verify_service.kit.randomness import Randomness

Environment = Literal["development", "demo", "production"]


@dataclass(frozen=True)
class Office:
    environment: Environment
    clock: Clock
    randomness: Randomness
    sessions: Sessions
    vault: Vault
    blobs: Blobs
    queue: JobQueue

    def transaction(self) -> AbstractContextManager[Session]:
        return transaction(self.sessions)


def office_of(connection: HTTPConnection) -> Office:
    """FastAPI dependency: the office that `app.py` was built with."""
    office = connection.app.state.office
    assert isinstance(office, Office)
    return office
