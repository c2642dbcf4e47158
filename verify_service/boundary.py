"""The outermost layer of the API: an id for each request, headers for every answer, one log line, no stack trace, and a
cap on every body, so that no endpoint can be made to fill the memory (threat T10).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verify_service.faults import answer_to, unforeseen
from verify_service.kit.body import BodyTooLarge
from verify_service.kit.randomness import Randomness
from verify_service.metrics import Metrics
from verify_service.problems import kind_of

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# The API answers data, never pages of its own but /docs, which needs no script: so everything is forbidden.
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER_STORE = "no-store"
# JSON is read into memory whole. Clips, photos and files are streamed by endpoints with caps of their own, below this one.
JSON_BYTES_MAX = 1_000_000
BODY_BYTES_MAX = 20_000_000

log = structlog.get_logger("verify_service.requests")


class Boundary:
    """ASGI middleware. `extra` are headers that this deployment adds to every answer (the demo's banner)."""

    def __init__(self, app: ASGIApp, randomness: Randomness, metrics: Metrics, extra: Mapping[str, str]) -> None:
        self._app, self._randomness, self._metrics = app, randomness, metrics
        self._headers = {**SECURITY_HEADERS, **extra}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Exchange(self._request_id(scope), self._headers, self._metrics).run(self._app, scope, receive, send)

    def _request_id(self, scope: Scope) -> str:
        """The caller's own id for the request if it has the form of one, else a fresh one."""
        given = Headers(scope=scope).get("x-request-id", "")
        return given if REQUEST_ID.fullmatch(given) and not given.isdigit() else self._randomness.bytes(8).hex()


class _Exchange:
    """One request and its answer."""

    def __init__(self, request_id: str, headers: Mapping[str, str], metrics: Metrics) -> None:
        self._request_id, self._headers, self._metrics = request_id, headers, metrics
        self._status: int | None = None

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = self._request_id
                headers.setdefault("Cache-Control", NEVER_STORE)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        began = time.monotonic()
        try:
            await app(scope, capped(scope, receive), send_with_headers)
        except ClientDisconnect:
            log.info("request.torn", request_id=self._request_id, route=route_of(scope))
        except Exception as error:
            await self._answer_error(error, scope, receive, send_with_headers)
        finally:
            self._note(scope, time.monotonic() - began)

    async def _answer_error(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        # Errors of the table arrive here only from outside the routes, for example from a middleware.
        foreseen = kind_of(error) is not None
        if not foreseen:
            log.error("request.failed", request_id=self._request_id, route=route_of(scope), exc_info=error)
        if self._status is None:
            answer = answer_to(error) if foreseen else unforeseen()
            await answer(scope, receive, send)

    def _note(self, scope: Scope, seconds: float) -> None:
        method, route, status = known_method(scope), route_of(scope), self._status or 499
        self._metrics.count(method, route, status, seconds)
        milliseconds = round(seconds * 1000, 1)
        log.info(
            "request", request_id=self._request_id, method=method, route=route, status=status, milliseconds=milliseconds
        )


def capped(scope: Scope, receive: Receive) -> Receive:
    """`receive` with the cap of the body's type. Raises BodyTooLarge, at once if Content-Length tells."""
    headers = Headers(scope=scope)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type in ("", "application/json") or media_type.endswith("+json")
    limit = JSON_BYTES_MAX if is_json else BODY_BYTES_MAX
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge(limit)
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise BodyTooLarge(limit)
        return message

    return counting


def route_of(scope: Scope) -> str:
    """The route's template: a path itself may hold anything, and would be a label without end."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "unmatched"


def known_method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
