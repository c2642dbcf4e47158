"""A service that answers as it is told, for phones that are tested without a real one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

OPENED = {"id": "v1", "token": "its own", "status": "awaiting_clip", "challenge": {"text": "…"}}
METRICS = b'verify_jobs{queue="clips",state="todo"} 3.0\n'


@dataclass
class Service:
    """What to answer next, by method, and what came."""

    answers: dict[str, list[tuple[int, object]]]
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""

    def next(self, method: str) -> tuple[int, object]:
        given = self.answers[method]
        return given.pop(0) if len(given) > 1 else given[0]


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service({"POST": [(201, OPENED)], "PUT": [(202, {})], "GET": [(200, status("retry", 2))]})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                return
            if self.command == "PUT":
                told.bodies.append(body)
            code, answer = 200, METRICS
            if self.path != "/metrics":
                told.tokens.append(self.headers["Authorization"])
                code, content = told.next(self.command)
                answer = json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Retry-After", "2")
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield told
        server.shutdown()


def status(name: str, left: int) -> dict[str, object]:
    return {"status": name, "attempts_left": left}
