"""A running service with its callers, and what a test may look at from outside: processes, rows, blobs, logs."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import psycopg

from scripts.demo_client import Client
from scripts.demo_people import TALKING_MAN_SAYS, Person
from scripts.running_service import Service, running_service
from verify_service import wiring
from verify_service.kit.office import Office
from verify_service.kit.postgres import EmbeddedPostgres
from verify_service.residents.id_number import check_character
from verify_service.settings import Settings

ALLOWANCE, CARD = "old-age-allowance", "elder-transit-card"
# For a machine that does much else; a wait ends as soon as what it waits for has come.
PATIENCE_SECONDS = 180.0


@dataclass(frozen=True)
class Cast:
    """The talking man: one frame of his clip as the enrolment photo, and the clip without that frame."""

    photo: bytes
    clip: bytes


def another(clip: bytes, byte_size: int = 64) -> bytes:
    """The same clip in other bytes: a `free` box (ISO/IEC 14496-12, 8.1.2) of random bytes behind it, which players skip."""
    return clip + (8 + byte_size).to_bytes(4, "big") + b"free" + os.urandom(byte_size)


def resident(number: int, name: str = "测试居民") -> Person:
    """A made-up resident of 76, with a right check character; a number for each test, below 1000."""
    first_17 = f"44030419500315{number:03d}"
    return Person(first_17 + check_character(first_17), name)


def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until it is so. Fails if it does not come to pass."""
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "it did not come to pass"
        time.sleep(0.05)


class Town:
    """A service, the city's app, a supervisor at the desk and a department, each with a token."""

    def __init__(self, service: Service, cast: Cast) -> None:
        self.service, self.cast = service, cast
        self.folder = Path(service.environment["VERIFY_VAR_DIR"])
        self.http = httpx.Client(base_url=service.url, timeout=PATIENCE_SECONDS)

    @cached_property
    def app(self) -> Client:
        return Client(self.http, self.service.token("create-client", "the city's app", "--scopes", "mobile,registry"))

    @cached_property
    def desk(self) -> Client:
        return Client(self.http, self.service.token("create-staff", "Chen Min", "--role", "supervisor"))

    @cached_property
    def department(self) -> Client:
        words = ("create-client", "the payer", "--scopes", "validate", "--purposes", ALLOWANCE)
        return Client(self.http, self.service.token(*words))

    def enrolled(self, person: Person) -> Person:
        """The person with an active reference: the man's photo."""
        assert self.app.enrol(person, self.cast.photo) == "active"
        return person

    def open(self, person: Person, purpose: str = ALLOWANCE) -> dict[str, Any]:
        """A verification that awaits the man's own sentence."""
        return self.app.open(person, purpose, {"sentence": TALKING_MAN_SAYS})

    def put_clip(self, opened: dict[str, Any], clip: bytes, media_type: str = "video/mp4") -> httpx.Response:
        headers = {"Authorization": f"Bearer {opened['token']}", "Content-Type": media_type}
        # A connection of its own, as every phone has.
        return httpx.put(f"{self.service.url}{clip_path(opened)}", content=clip, headers=headers, timeout=120)

    def answer(self, opened: dict[str, Any], seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """What the phone is told in the end, or after so many seconds."""
        seen: dict[str, Any] = {}
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            try:
                seen = self.app.call("GET", f"/v1/verifications/{opened['id']}", token=opened["token"])
            except httpx.TransportError:
                seen = {"status": "processing"}
            if seen["status"] != "processing":
                break
            time.sleep(0.2)
        return seen

    # Processes

    def processes(self, command: str) -> list[psutil.Process]:
        """The running processes of `verify-service <command>`."""
        children = psutil.Process(self.service.process.pid).children()
        return [child for child in children if _command_of(child) == command]

    @property
    def api(self) -> psutil.Process:
        return self.processes("api")[0]

    def worker_at_work(self) -> psutil.Process | None:
        """The process of the worker that looks at a clip now."""
        rows = self.rows("select worker_id from procrastinate_jobs where status = 'doing' and queue_name = 'clips'")
        events = [json.loads(line) for line in self.log().splitlines() if '"worker.ready"' in line]
        processes = {event["worker"]: event["process_id"] for event in events}
        found = [processes[worker] for (worker,) in rows if worker in processes]
        return psutil.Process(found[0]) if found and psutil.pid_exists(found[0]) else None

    def is_up(self) -> bool:
        """Whether calls are answered and clips looked at."""
        try:
            return httpx.get(f"{self.service.url}/readyz", timeout=30).status_code == 200
        except httpx.TransportError:
            return False

    # Rows, blobs, logs

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.folder / "postgres").url("verify_service")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The one value of the one row."""
        return self.rows(query, *values)[0][0]

    def starts(self, opened: dict[str, Any]) -> int:
        """How often a worker began to look at the latest clip."""
        query = "select processing_starts from attempts where verification_id = %s order by number desc limit 1"
        return int(self.value(query, opened["id"]))

    def confirmations(self, opened: dict[str, Any]) -> int:
        return int(self.value("select count(*) from confirmations where verification_id = %s", opened["id"]))

    def files_of(self, opened: dict[str, Any]) -> list[Path]:
        """What lies in the store for a verification, unfinished uploads too."""
        return [path for path in (self.folder / "blobs" / "clips" / opened["id"]).glob("*") if path.is_file()]

    def log(self) -> str:
        return (self.folder / "service.log").read_text("utf-8")

    def audit_is_whole(self) -> bool:
        done = self.service.run("admin", "audit", "verify")
        return done.returncode == 0 and done.stdout.startswith("whole")

    def office(self) -> Office:
        """The service's own office, as a command would have it."""
        settings = Settings(environment="demo", var_dir=self.folder, database_url=self.database_url)
        return wiring.office_for(settings)


@contextmanager
def town_in(folder: Path, cast: Cast, **settings: str) -> Iterator[Town]:
    """A town whose service runs in `folder`; an earlier one's data is found again there."""
    with running_service(folder, environment="demo", **settings) as service:
        town = Town(service, cast)
        with town.http:
            yield town


def clip_path(opened: dict[str, Any]) -> str:
    return f"/v1/verifications/{opened['id']}/clip"


@contextmanager
def raw_upload(town: Town, opened: dict[str, Any], *headers: str) -> Iterator[socket.socket]:
    """A connection on which the head of an upload was sent, and nothing of its body."""
    host = urlsplit(town.service.url)
    assert host.hostname
    assert host.port
    head = (
        f"PUT {clip_path(opened)} HTTP/1.1",
        f"Host: {host.netloc}",
        f"Authorization: Bearer {opened['token']}",
        "Content-Type: video/mp4",
        *headers,
    )
    with socket.create_connection((host.hostname, host.port), timeout=60) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*head, "")).encode())
        yield connection


def all_that_comes(connection: socket.socket) -> bytes:
    """Everything until the other side closes or tears the connection."""
    received = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionError:
            return received
        if not part:
            return received
        received += part


def _command_of(process: psutil.Process) -> str:
    try:
        return str((process.cmdline()[3:4] or [""])[0])
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""
