from __future__ import annotations

import os

from scripts.loadtest.watch import kind_of, memory_of, queue_of

METRICS = """\
# TYPE verify_jobs gauge
verify_jobs{queue="clips",state="todo"} 7.0
verify_jobs{queue="clips",state="doing"} 2.0
verify_jobs{queue="photos",state="todo"} 5.0
"""


def test_the_queue_is_read_from_the_metrics() -> None:
    assert queue_of(METRICS) == (7, 2)
    assert queue_of("") == (0, 0)


def test_processes_are_told_apart_by_their_command() -> None:
    assert kind_of(["python", "-m", "verify_service", "worker", "--report-fd", "7"]) == "worker"
    assert kind_of(["python", "-I", "-m", "verify_service.biometrics.media.nursery", "4"]) == "decoders"
    assert kind_of(["/x/pgserver/bin/postgres", "-D", "var/postgres"]) == "database"
    assert kind_of(["sleep", "1"]) == "other"


def test_a_process_has_memory_and_one_that_is_gone_has_none() -> None:
    assert sum(memory_of(os.getpid()).values()) > 1
    assert memory_of(2**22 + 1) == {}
