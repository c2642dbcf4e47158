"""A worker process: it warms its models, then takes jobs one after the other until it is told to stop or has grown too big."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import psutil
import psycopg
import structlog
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from verify_service import wiring
from verify_service.kit.db import engine_for
from verify_service.kit.migrate import wait_for_head
from verify_service.kit.rescue import HEARTBEAT_SECONDS, SILENT_SECONDS_MAX, rescue_jobs
from verify_service.settings import Settings

# Jobs are told by NOTIFY; this is for those whose notice was lost with a connection.
POLL_SECONDS = 2.0
RESCUE_SECONDS = 5.0
SCHEMA_SECONDS_MAX = 60.0

log = structlog.get_logger("verify_service.worker")


def run(settings: Settings, report: Callable[[str], None]) -> None:
    """Work until SIGTERM; the running job is finished first. `report` is told "ready <worker id>" when jobs can be taken.

    Raises StartRefused, ManifestError, KeyringError, SigningKeyError, SandboxUnavailable or SchemaDiffers before the
    first job.
    """
    if settings.database_url is None:
        raise wiring.NoDatabase
    began = time.monotonic()
    with wiring.eye_for(settings) as eye:
        app = wiring.tasks_for(settings, eye)
        engine = engine_for(settings.database_url)
        wait_for_head(engine, SCHEMA_SECONDS_MAX)
        engine.dispose()
        log.info("worker.warm", process_id=os.getpid(), seconds=round(time.monotonic() - began, 2))
        asyncio.run(work(app, settings, settings.database_url, report))


async def work(app: procrastinate.App, settings: Settings, database_url: str, report: Callable[[str], None]) -> None:
    """Take the jobs of the app's tasks until SIGTERM, or until a job has left the process too big."""
    async with app.open_async():
        app.perform_import_paths()  # type: ignore[no-untyped-call]
        worker = Worker(
            app,
            name=f"worker-{os.getpid()}",
            concurrency=1,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=SILENT_SECONDS_MAX,
            shutdown_graceful_timeout=settings.stop_seconds_max,
            # What came of a job stands in the rows of its slice; failed jobs stay for whoever looks into them.
            delete_jobs="successful",
            worker_middleware=[_recycling(settings.worker_memory_bytes_max)],
        )
        side = [asyncio.create_task(_rescue_forever(database_url)), asyncio.create_task(_tell_ready(worker, report))]
        try:
            await worker.run()  # type: ignore[no-untyped-call]
        finally:
            for task in side:
                task.cancel()
            await asyncio.gather(*side, return_exceptions=True)


async def _tell_ready(worker: Worker, report: Callable[[str], None]) -> None:
    while worker.worker_id is None:
        await asyncio.sleep(0.01)
    log.info("worker.ready", process_id=os.getpid(), worker=worker.worker_id)
    report(f"ready {worker.worker_id}")


async def _rescue_forever(database_url: str) -> None:
    """Every worker looks for jobs of dead ones: whoever is alive is enough."""
    while True:
        try:
            jobs = await asyncio.to_thread(_rescue_once, database_url)
        except psycopg.Error as error:
            log.warning("worker.rescue_failed", exc_info=error)
        else:
            if jobs:
                log.warning("jobs.rescued", jobs=jobs)
        await asyncio.sleep(RESCUE_SECONDS)


def _rescue_once(database_url: str) -> list[int]:
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        return rescue_jobs(connection)


def _recycling(bytes_max: int) -> Callable[[Callable[[], Awaitable[Any]], JobContext, Worker], Awaitable[Any]]:
    """Stop after a job that left the process too big: libraries keep what they took, and a fresh worker is cheap."""

    async def recycle(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
        try:
            return await call_next()
        finally:
            size = psutil.Process().memory_info().rss
            if size > bytes_max:
                log.warning("worker.recycled", process_id=os.getpid(), bytes=size, job=context.job.id)
                worker.stop()  # type: ignore[no-untyped-call]

    return recycle
