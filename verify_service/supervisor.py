"""`verify-service serve`: one process that owns the database, the port and the others, and starts again whichever dies.

It holds the listening socket itself, so that callers wait for a moment instead of being refused while the API comes back.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg
import structlog

from verify_service import wiring
from verify_service.child import REFUSED, Child
from verify_service.kit.db import engine_for
from verify_service.kit.migrate import upgrade
from verify_service.kit.postgres import EmbeddedPostgres, PostgresError
from verify_service.kit.rescue import forget_earlier_workers, forget_workers, rescue_jobs
from verify_service.settings import Settings

DATABASE = "verify_service"
BACKLOG = 512
TICK_SECONDS = 0.05
# One heap for all threads of a worker: with one each, 130 MB more stay behind after a clip, at no gain (measured on the
# talking man, 708 against 580 MB).
SMALL_HEAP = {"MALLOC_ARENA_MAX": "1"}

log = structlog.get_logger("verify_service.supervisor")


class PortTaken(wiring.StartRefused):
    def __init__(self, host: str, port: int, cause: str) -> None:
        super().__init__(f"cannot listen on {host}:{port}: {cause}")


class ChildRefused(wiring.StartRefused):
    """A model with a wrong hash, a missing sandbox: starting again would change nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the process {name} does not start: its own line above says why")


def serve(settings: Settings) -> None:
    """Run everything until SIGTERM or SIGINT. Prints "ready <url>" on stdout when clips can be taken and looked at.

    Raises StartRefused, KeyringError, SigningKeyError, ManifestError or PostgresError if it cannot even begin.
    """
    stop = _StopSignal()
    # First what a person must mend: keys and models.
    wiring.vault_for(settings)
    wiring.signer_for(settings)
    wiring.manifest_for(settings)
    server = embedded(settings) if settings.database_url is None else None
    url = settings.database_url or embedded(settings).url(DATABASE)
    with _listening(settings) as listener:
        Supervisor(settings, url, server, listener, stop).run()


class _StopSignal:
    """True once SIGTERM or SIGINT has come."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _: int, __: FrameType | None) -> None:
        self.came = True


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(settings.host, settings.port, error.strerror or "") from error
        listener.listen(BACKLOG)
        yield listener


def embedded(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.var_dir.absolute() / "postgres")


class Supervisor:
    def __init__(
        self,
        settings: Settings,
        url: str,
        server: EmbeddedPostgres | None,
        listener: socket.socket,
        stop: _StopSignal,
    ) -> None:
        self._settings, self._url, self._server, self._listener, self._stop = settings, url, server, listener, stop
        environment = {**os.environ, "VERIFY_DATABASE_URL": url}
        socket_fd = listener.fileno()
        self._api = Child("api", ["api", "--socket-fd", str(socket_fd)], environment, (socket_fd,))
        self._workers = [
            Child(f"worker-{n}", ["worker"], {**environment, **SMALL_HEAP}) for n in range(1, settings.workers + 1)
        ]
        self._bereaved: list[int] = []  # ids of dead workers whose jobs were not put back yet
        self._put_back_at = 0.0
        self._announced = False

    def run(self) -> None:
        try:
            # The others load their libraries and models while the database starts: they wait for it, it not for them.
            self._start_due(time.monotonic())
            self._prepare_database()
            while not self._stop.came:
                self._tick(time.monotonic())
                time.sleep(TICK_SECONDS)
        finally:
            self._end_all()

    def _prepare_database(self) -> None:
        if self._server is not None:
            self._server.start()
            self._server.ensure_database(DATABASE)
        engine = engine_for(self._url)
        upgrade(engine)
        engine.dispose()
        with psycopg.connect(self._url) as connection:
            if self._server is not None:
                forget_earlier_workers(connection)
            self._log_rescued(rescue_jobs(connection))

    def _tick(self, now: float) -> None:
        if self._server is not None and not self._server.alive():
            self._revive(self._server)
        for child in (self._api, *self._workers):
            child.hear()
            code = child.reap(now)
            if code is not None:
                log.warning("process.ended", process=child.name, exit_code=code, worker=child.worker_id)
                if code == REFUSED and not self._announced:
                    raise ChildRefused(child.name)
                if child.worker_id is not None:
                    self._bereaved.append(child.worker_id)
        self._start_due(now)
        self._put_jobs_back()
        self._announce()

    def _start_due(self, now: float) -> None:
        # The first worker alone at first: it is ready sooner when the others do not load beside it.
        workers = self._workers if self._announced else self._workers[:1]
        for child in (self._api, *workers):
            if child.start_if_due(now) and child.process is not None:
                log.info("process.started", process=child.name, process_id=child.process.pid)

    def _revive(self, server: EmbeddedPostgres) -> None:
        log.error("database.ended")
        try:
            server.start()
        except PostgresError as error:
            log.error("database.start_failed", exc_info=error)
            time.sleep(1)

    def _put_jobs_back(self) -> None:
        """A killed worker's clip is answered in seconds: nobody waits until its heartbeat is missed."""
        if not self._bereaved or time.monotonic() < self._put_back_at:
            return
        try:
            with psycopg.connect(self._url, connect_timeout=2) as connection:
                forget_workers(connection, self._bereaved)
                jobs = rescue_jobs(connection)
        except psycopg.Error as error:
            log.warning("jobs.rescue_failed", exc_info=error)
            self._put_back_at = time.monotonic() + 1  # the database is on its way back
            return
        self._bereaved.clear()
        self._log_rescued(jobs)

    @staticmethod
    def _log_rescued(jobs: list[int]) -> None:
        if jobs:
            log.warning("jobs.rescued", jobs=jobs)

    def _announce(self) -> None:
        if self._announced or not self._api.is_ready or not any(worker.is_ready for worker in self._workers):
            return
        self._announced = True
        host, port = self._listener.getsockname()[:2]
        print(f"ready http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)

    def _end_all(self) -> None:
        """In order: no new calls, running requests and clips are finished, and the database goes last."""
        self._listener.close()
        children = [child for child in (self._api, *self._workers) if child.is_running]
        for child in children:
            child.end(signal.SIGTERM)
        moment = time.monotonic() + self._settings.stop_seconds_max
        for child in children:
            if not child.wait_until(moment):
                log.warning("process.killed", process=child.name)
                child.end(signal.SIGKILL)
                child.wait_until(moment + 5)
            child.reap(time.monotonic())
            if child.worker_id is not None:
                self._bereaved.append(child.worker_id)
        self._put_jobs_back()
        if self._server is not None:
            self._server.stop()
