from __future__ import annotations

import asyncio
import threading

import procrastinate
import psycopg
import pytest

from verify_service.kit.office import Office
from verify_service.settings import Settings
from verify_service.worker import work

HUGE = 2**50
TINY = 1


class Works:
    """A worker's app whose task notes what it was given."""

    def __init__(self, database_url: str) -> None:
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=database_url, min_size=1, max_size=4)
        )
        self.done: list[str] = []
        self.said: list[str] = []
        self._url = database_url

        @self.app.task(name="note", queue="clips")
        def note(text: str) -> None:
            self.done.append(text)

    def run(self, *, memory_bytes_max: int, seconds: float = 30) -> None:
        settings = Settings(worker_memory_bytes_max=memory_bytes_max, stop_seconds_max=5)

        async def limited() -> None:
            await asyncio.wait_for(work(self.app, settings, self._url, self.said.append), seconds)

        asyncio.run(limited())


@pytest.fixture
def works(database_url: str) -> Works:
    return Works(database_url)


def enqueue(office: Office, *texts: str) -> list[int]:
    with office.transaction() as session:
        return [office.queue.enqueue(session, "note", queue="clips", text=text) for text in texts]


def test_a_worker_that_has_grown_too_big_stops_after_its_job_and_leaves_the_next_one(
    office: Office, works: Works, database_url: str
) -> None:
    enqueue(office, "a", "b")

    works.run(memory_bytes_max=TINY)

    assert works.done == ["a"]
    with psycopg.connect(database_url) as connection:
        left = connection.execute("select args->>'text', status::text from procrastinate_jobs").fetchall()
        assert left == [("b", "todo")]
        # It took its leave in order: nobody waits for its heartbeat.
        assert connection.execute("select count(*) from procrastinate_workers").fetchone() == (0,)


def test_a_worker_of_the_right_size_goes_on(office: Office, works: Works) -> None:
    enqueue(office, "a", "b")

    with pytest.raises(TimeoutError):
        works.run(memory_bytes_max=HUGE, seconds=3)

    assert works.done == ["a", "b"]


def test_it_says_when_it_is_ready_and_under_which_number(office: Office, works: Works) -> None:
    enqueue(office, "a")

    works.run(memory_bytes_max=TINY)

    assert len(works.said) == 1
    word, number = works.said[0].split()
    assert word == "ready"
    assert int(number) > 0


def test_a_job_that_is_enqueued_later_is_heard_of_at_once(office: Office, works: Works) -> None:
    timer = threading.Timer(1.0, enqueue, (office, "later"))
    timer.start()

    works.run(memory_bytes_max=TINY)

    assert works.done == ["later"]


def test_a_job_that_is_rolled_back_is_never_done(office: Office, works: Works) -> None:
    with office.sessions() as session:
        office.queue.enqueue(session, "note", queue="clips", text="ghost")
        session.rollback()
    enqueue(office, "real")

    works.run(memory_bytes_max=TINY)

    assert works.done == ["real"]


def test_the_job_of_a_dead_worker_is_taken_over(office: Office, works: Works, database_url: str) -> None:
    (job,) = enqueue(office, "left over")
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "with dead as (insert into procrastinate_workers (last_heartbeat) values (now() - interval '31 s') returning id) "
            "update procrastinate_jobs set status = 'doing', worker_id = (select id from dead) where id = %s",
            (job,),
        )

    works.run(memory_bytes_max=TINY)

    assert works.done == ["left over"]
