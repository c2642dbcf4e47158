from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from verify_service.child import BACK_OFF_SECONDS, Child


@pytest.fixture
def child() -> Iterator[Child]:
    """A process that ends at once: there is no such command."""
    child = Child("nonsense", ["nonsense"], os.environ)
    yield child
    child.end(signal.SIGKILL)
    child.wait_until(time.monotonic() + 10)
    child.reap(0)


def ended(child: Child, now: float) -> int:
    assert child.wait_until(time.monotonic() + 60)
    code = child.reap(now)
    assert code is not None
    return code


def test_a_process_that_fails_is_started_again_after_ever_longer_pauses(child: Child) -> None:
    now = 1000.0

    for pause in BACK_OFF_SECONDS[:3]:
        assert child.start_if_due(now)
        assert ended(child, now) == 2
        assert not child.start_if_due(now + pause - 0.01)
        now += pause

    assert child.start_if_due(now)


def test_a_process_that_was_ready_is_started_again_at_once(child: Child) -> None:
    child.start_if_due(1000.0)
    child.is_ready = True

    ended(child, 1000.0)

    assert child.start_if_due(1000.0)


def test_a_process_that_runs_is_not_started_twice(child: Child) -> None:
    assert child.start_if_due(1000.0)
    assert not child.start_if_due(1000.0)


PARENT = """
import os, subprocess, sys, time
from verify_service.child import die_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=die_with_parent)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_process_dies_with_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert psutil.wait_procs([child], timeout=10)[1] == []
