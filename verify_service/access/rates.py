"""How often one may ask: per address, per caller and per person asked about (threats T9, T10).

Counted in the memory of the API process, over a moving window. Whoever runs several API processes multiplies the limits
by their number, or limits at the proxy.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection

from verify_service.access.errors import RateExceeded


class RateLimits:
    """Limits by kind: "address", "caller", "resident" (a digest of an ID number, never the number itself)."""

    def __init__(self, per_minute: Mapping[str, int]) -> None:
        self._items: dict[str, RateLimitItem] = {
            kind: RateLimitItemPerMinute(count, namespace=kind) for kind, count in per_minute.items()
        }
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, kind: str, key: str) -> None:
        """Count one call. Raises RateExceeded with the seconds until the next is allowed. An unknown kind is a KeyError."""
        item = self._items[kind]
        if not self._limiter.hit(item, key):
            reset_at = self._limiter.get_window_stats(item, key).reset_time
            raise RateExceeded(kind, max(1, math.ceil(reset_at - time.time())))


def rates_of(connection: HTTPConnection) -> RateLimits:
    """FastAPI dependency: the limits that `app.py` was built with."""
    rates = connection.app.state.rates
    assert isinstance(rates, RateLimits)
    return rates


def address_of(connection: HTTPConnection) -> str:
    """The caller's address; behind a proxy, uvicorn has already taken it from a header of a trusted one."""
    return connection.client.host if connection.client else "unknown"
