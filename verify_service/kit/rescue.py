"""Jobs of workers that died go back into the queue, at once where the death was seen, else when the heartbeat is missed."""

from __future__ import annotations

from typing import Any

import psycopg

HEARTBEAT_SECONDS = 5.0
# Six heartbeats missed: a worker that computes hard in another thread still finds a moment for one.
SILENT_SECONDS_MAX = 30.0

# One statement, so that of two rescuers only one takes a job, and none takes a job that has just found a new worker:
# the row is locked, and looked at again under the lock. procrastinate's own list-then-retry leaves that gap.
RESCUE = """
WITH stalled AS (
    SELECT job.id FROM procrastinate_jobs job
    WHERE job.status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers worker
        WHERE worker.id = job.worker_id AND worker.last_heartbeat >= now() - make_interval(secs => %(silent)s)
    )
    FOR UPDATE SKIP LOCKED
)
SELECT id, procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM stalled
"""
# procrastinate tells its workers of new jobs, not of jobs that come back.
TELL = """
SELECT pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', %(job_id)s::bigint)::text)
"""


def rescue_jobs(connection: psycopg.Connection[Any], *, silent_seconds_max: float = SILENT_SECONDS_MAX) -> list[int]:
    """Put the jobs of workers that are gone or silent back into the queue; their count of attempts goes up by one.

    Returns the ids of the jobs.
    """
    with connection.transaction():
        rows = connection.execute(RESCUE, {"silent": silent_seconds_max}).fetchall()
        jobs = [int(row[0]) for row in rows]
        for job in jobs:
            connection.execute(TELL, {"job_id": job})
    return jobs


def forget_workers(connection: psycopg.Connection[Any], workers: list[int]) -> None:
    """Strike workers off that are known to be dead, so that their jobs need not wait for missed heartbeats."""
    with connection.transaction():
        connection.execute("DELETE FROM procrastinate_workers WHERE id = ANY(%s)", (workers,))


def forget_earlier_workers(connection: psycopg.Connection[Any]) -> None:
    """Strike off whoever was last heard before this server started. Only for a database whose workers live and die with it."""
    with connection.transaction():
        connection.execute("DELETE FROM procrastinate_workers WHERE last_heartbeat < pg_postmaster_start_time()")
