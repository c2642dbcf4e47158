from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from verify_service.kit.office import Office
from verify_service.kit.rescue import forget_earlier_workers, forget_workers, rescue_jobs


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database_url) as connection:
        yield connection


def job_taken(
    office: Office, connection: psycopg.Connection[tuple[object, ...]], *, silent_seconds: float
) -> tuple[int, int]:
    """A job that a worker took whose last heartbeat was so long ago: ids of job and worker."""
    with office.transaction() as session:
        job = office.queue.enqueue(session, "verification.assess", queue="clips", attempt_id="1")
    row = connection.execute("select worker_id from procrastinate_register_worker_v1()").fetchone()
    assert row is not None
    worker = row[0]
    assert isinstance(worker, int)
    connection.execute("select procrastinate_fetch_job_v2(null, %s)", (worker,))
    connection.execute(
        "update procrastinate_workers set last_heartbeat = now() - make_interval(secs => %s) where id = %s",
        (silent_seconds, worker),
    )
    connection.commit()
    return job, worker


def state_of(connection: psycopg.Connection[tuple[object, ...]], job: int) -> tuple[object, ...] | None:
    return connection.execute("select status::text, attempts from procrastinate_jobs where id = %s", (job,)).fetchone()


def test_the_job_of_a_silent_worker_comes_back_with_one_attempt_more(
    office: Office, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    job, _ = job_taken(office, connection, silent_seconds=31)

    assert rescue_jobs(connection) == [job]

    assert state_of(connection, job) == ("todo", 1)


def test_the_job_of_a_living_worker_is_left_to_it(
    office: Office, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    job, _ = job_taken(office, connection, silent_seconds=5)

    assert rescue_jobs(connection) == []

    assert state_of(connection, job) == ("doing", 0)


def test_the_job_of_a_worker_that_was_struck_off_comes_back_at_once(
    office: Office, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    job, worker = job_taken(office, connection, silent_seconds=0)

    forget_workers(connection, [worker + 1])
    assert rescue_jobs(connection) == []
    forget_workers(connection, [worker])

    assert rescue_jobs(connection) == [job]


def test_only_workers_of_an_earlier_life_of_the_server_are_struck_off(
    office: Office, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    earlier, _ = job_taken(office, connection, silent_seconds=86_400)
    job_taken(office, connection, silent_seconds=0)

    forget_earlier_workers(connection)

    assert rescue_jobs(connection, silent_seconds_max=1e9) == [earlier]


def test_of_many_rescuers_one_takes_the_job(
    office: Office, connection: psycopg.Connection[tuple[object, ...]], database_url: str
) -> None:
    job, _ = job_taken(office, connection, silent_seconds=31)

    def rescue(_: int) -> list[int]:
        with psycopg.connect(database_url) as own:
            return rescue_jobs(own)

    with ThreadPoolExecutor(8) as pool:
        rescued = [found for jobs in pool.map(rescue, range(8)) for found in jobs]

    assert rescued == [job]
    assert state_of(connection, job) == ("todo", 1)


def test_waiting_workers_are_told(
    office: Office, connection: psycopg.Connection[tuple[object, ...]], database_url: str
) -> None:
    job, _ = job_taken(office, connection, silent_seconds=31)

    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute('listen "procrastinate_any_queue_v1"')
        rescue_jobs(connection)
        told = [notice.payload for notice in listener.notifies(timeout=5, stop_after=1)]

    assert told == [f'{{"type" : "job_inserted", "job_id" : {job}}}']
