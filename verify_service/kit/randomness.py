"""Randomness is injected: `secrets` in the service, a seeded source in tests."""

from __future__ import annotations

import random
import secrets
from typing import Protocol
from uuid import UUID


class Randomness(Protocol):
    def bytes(self, count: int) -> bytes: ...

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit − 1, each equally likely."""
        ...

    def token(self) -> str:
        """43 URL-safe characters that nobody can guess (256 bits)."""
        ...

    def identifier(self) -> UUID:
        """A version 4 UUID: it tells neither time nor order."""
        ...


class SystemRandomness:
    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def identifier(self) -> UUID:
        return UUID(bytes=secrets.token_bytes(16), version=4)


class SeededRandomness:
    """For tests only: the same seed, the same course."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test's course, not a secret

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def token(self) -> str:
        return self._random.randbytes(32).hex()[:43]

    def identifier(self) -> UUID:
        return UUID(bytes=self._random.randbytes(16), version=4)
