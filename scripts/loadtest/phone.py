"""One phone's way: open or come back, read the sentence, send the clip at a phone's speed, wait for what comes of it.

On http.client, for it is the lightest: the phones share the machine's cores with the service that they load.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scripts.loadtest.plan import Event, Plan, Visitor
from scripts.loadtest.variation import varied

CHUNK = 16_384
PAUSE_SECONDS_MAX = 10.0  # a phone that is told to wait longer is put away
SENDS_MAX = 3
POLL_SECONDS = 20
HTTP_SECONDS_MAX = 60.0
BUSY = (429, 503)


@dataclass(frozen=True)
class Waiting:
    """A verification that awaits another clip of the same resident."""

    id: str
    token: str
    clip: str


@dataclass
class Street:
    """What all phones of a phase share: the plan, the clips, the time, and what was noted."""

    plan: Plan
    clips: dict[str, bytes]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    chance: random.Random
    waiting: deque[Waiting] = field(default_factory=deque)
    events: list[Event] = field(default_factory=list)
    on_event: Callable[[Event], None] = lambda _: None

    def note(self, kind: str, begun: float, code: int | None = None, outcome: str = "") -> None:
        event = Event(round(self.now(), 4), kind, round(self.now() - begun, 4), code, outcome)
        self.events.append(event)
        self.on_event(event)


class Gone(Exception):
    """The phone's way ends here: refused for being busy, broken, or put away."""


class Phone:
    """One visit. Each phone has an address of its own, as behind the proxy that a deployment has."""

    def __init__(self, street: Street) -> None:
        self._street = street
        self._chance = random.Random(street.chance.random())  # noqa: S311 - a load, not a secret
        place = urlsplit(street.plan.url)
        assert place.hostname is not None
        self._http = http.client.HTTPConnection(place.hostname, place.port or 80, timeout=HTTP_SECONDS_MAX)
        self._address = ".".join(["10", *(str(self._chance.randrange(1, 255)) for _ in range(3))])

    def visit(self, visitor: Visitor) -> None:
        """Come for the first time."""
        with self._leaving():
            begun = self._street.now()
            body = {
                "resident": {"id_number": visitor.id_number, "name": visitor.name},
                "purpose": visitor.purpose,
                "consent": {"text_version": "verification-2026-11", "given_by": "resident"},
                "needs": {"locale": "en"},
            }
            opened = self._asked("open", begun, "POST", "/v1/verifications", self._street.plan.token, body)
            if opened["challenge"] is None:
                raise Gone
            self._answer(Waiting(opened["id"], opened["token"], visitor.clip))

    def come_back(self, waiting: Waiting) -> None:
        """Try again after `retry`, with a fresh sentence."""
        with self._leaving():
            path = f"/v1/verifications/{waiting.id}/challenge"
            self._asked("challenge", self._street.now(), "POST", path, waiting.token, {})
            self._answer(waiting)

    def _leaving(self) -> _Leaving:
        return _Leaving(self._http)

    def _answer(self, waiting: Waiting) -> None:
        plan, street = self._street.plan, self._street
        dice = self._chance.random()
        if dice < plan.abandon_share:
            street.note("abandoned", street.now())
            raise Gone
        clip = varied(street.clips[waiting.clip], self._chance)
        if dice < plan.abandon_share + plan.torn_share:
            self._tear(waiting, clip)
        self._send(waiting, clip)
        if self._chance.random() < plan.repeat_share:
            self._put(waiting, clip, "repeat")
        self._wait(waiting)

    def _send(self, waiting: Waiting, clip: bytes) -> None:
        """Send until it is taken; a busy service is asked again after the time that it names."""
        for attempt in range(SENDS_MAX):
            code, retry_after = self._put(waiting, clip, "acknowledge")
            if code == 202:
                return
            pause = retry_after * (1 + self._chance.random())
            if code not in BUSY or pause > PAUSE_SECONDS_MAX or attempt == SENDS_MAX - 1:
                break
            self._street.sleep(pause)
        self._street.note("left", self._street.now())
        raise Gone

    def _put(self, waiting: Waiting, clip: bytes, kind: str) -> tuple[int, float]:
        """One upload. Returns the status and the seconds of Retry-After; a broken connection is status 0."""
        street, begun = self._street, self._street.now()
        try:
            self._stream(waiting, clip, len(clip))
            street.note("upload", begun)
            sent_at = street.now()
            response = self._http.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            street.note(kind, begun, 0)
            return 0, 0.0
        street.note(kind, sent_at, response.status)
        return response.status, float(response.headers.get("Retry-After") or 1)

    def _stream(self, waiting: Waiting, clip: bytes, until: int) -> None:
        self._http.putrequest("PUT", f"/v1/verifications/{waiting.id}/clip", skip_accept_encoding=True)
        headers = {"Content-Type": "video/mp4", "Content-Length": str(len(clip)), **self._headers(waiting.token)}
        for name, value in headers.items():
            self._http.putheader(name, value)
        self._http.endheaders()
        speed, begun = self._chance.choice(self._street.plan.speeds), self._street.now()
        for begin in range(0, until, CHUNK):
            self._http.send(clip[begin : min(begin + CHUNK, until)])
            if speed:
                self._street.sleep(max(0.0, begun + (begin + CHUNK) / speed - self._street.now()))

    def _tear(self, waiting: Waiting, clip: bytes) -> None:
        """The connection breaks midway: nothing of it may count."""
        begun = self._street.now()
        with contextlib.suppress(OSError):
            self._stream(waiting, clip, len(clip) // 2)
        self._street.note("torn", begun)
        raise Gone

    def _wait(self, waiting: Waiting) -> None:
        begun = self._street.now()
        path = f"/v1/verifications/{waiting.id}"
        while True:
            seen = self._asked("poll", self._street.now(), "GET", path, waiting.token, prefer=f"wait={POLL_SECONDS}")
            if seen["status"] != "processing":
                break
        self._street.note("decision", begun, outcome=seen["status"])
        if seen["status"] == "retry" and seen["attempts_left"]:
            self._street.waiting.append(waiting)

    def _asked(
        self, kind: str, begun: float, method: str, path: str, token: str, body: object = None, prefer: str = ""
    ) -> dict[str, Any]:
        """The JSON of an answer; busy answers are waited out. Raises Gone for any other."""
        for attempt in range(SENDS_MAX):
            code, retry_after, content = self._exchange(method, path, token, body, prefer)
            self._street.note(kind, begun, code)
            if code in (200, 201):
                found: dict[str, Any] = json.loads(content)
                return found
            pause = retry_after * (1 + self._chance.random())
            if code not in BUSY or pause > PAUSE_SECONDS_MAX or attempt == SENDS_MAX - 1:
                break
            self._street.sleep(pause)
            begun = self._street.now()
        self._street.note("left", self._street.now())
        raise Gone

    def _exchange(self, method: str, path: str, token: str, body: object, prefer: str) -> tuple[int, float, bytes]:
        headers = self._headers(token) | ({"Prefer": prefer} if prefer else {})
        content = json.dumps(body).encode() if body is not None else None
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            self._http.request(method, path, content, headers)
            response = self._http.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            return 0, 1.0, b""
        return response.status, float(response.headers.get("Retry-After") or 1), answer

    def _headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "X-Forwarded-For": self._address}


class _Leaving:
    """A visit that may end anywhere; the connection is closed then."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._connection.close()
        return kind is not None and issubclass(kind, Gone)


def wall_clock() -> Callable[[], float]:
    """Seconds since this call."""
    begun = time.monotonic()
    return lambda: time.monotonic() - begun
