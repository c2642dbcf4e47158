"""What the service is like meanwhile: memory of its processes, and how many clips wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

MEGABYTE = 1_000_000
PERIOD_SECONDS = 2.0  # a look costs 50 ms of CPU, on the cores that are measured


@dataclass(frozen=True)
class Sample:
    """`at`: seconds after the watch's begin. `megabytes` by kind of process: proportional set size, so that what processes
    share counts once. `waiting`: clips in the queue; `working`: clips that are looked at."""

    at: float
    megabytes: dict[str, float]
    waiting: int
    working: int
    cpu_share: float

    @property
    def whole(self) -> float:
        return sum(self.megabytes.values())


@contextmanager
def watching(url: str, process_id: int) -> Iterator[list[Sample]]:
    """Samples of the service under this process, every other second, until the block ends."""
    samples: list[Sample] = []
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(url, process_id, samples, ended), daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def _watch(url: str, process_id: int, samples: list[Sample], ended: threading.Event) -> None:
    begun, cpu = time.monotonic(), _cpu_meter()
    with httpx.Client(base_url=url, timeout=10) as http:
        while not ended.is_set():
            waiting, working = _queue(http)
            at = time.monotonic() - begun
            samples.append(Sample(round(at, 2), memory_of(process_id), waiting, working, cpu()))
            ended.wait(max(0.05, PERIOD_SECONDS - (time.monotonic() - begun - at)))


def _cpu_meter() -> Callable[[], float]:
    """The whole machine's load since the last look, 0–1: others' work too."""
    psutil.cpu_percent()
    return lambda: psutil.cpu_percent() / 100


def _queue(http: httpx.Client) -> tuple[int, int]:
    """Clips that wait, and clips at work; the last known are worth more than none, but there are none here."""
    with suppress(httpx.HTTPError):
        answer = http.get("/metrics")
        if answer.status_code == 200:
            return queue_of(answer.text)
    return -1, -1


def queue_of(metrics: str) -> tuple[int, int]:
    """(todo, doing) of the queue `clips` in Prometheus' text."""
    found = {"todo": 0, "doing": 0}
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "verify_jobs" and sample.labels["queue"] == "clips" and sample.labels["state"] in found:
                found[sample.labels["state"]] = int(sample.value)
    return found["todo"], found["doing"]


def memory_of(process_id: int) -> dict[str, float]:
    """Proportional megabytes of a process and all below it, by kind."""
    megabytes: dict[str, float] = {}
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process_id)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                kind = kind_of(process.cmdline())
                megabytes[kind] = megabytes.get(kind, 0.0) + process.memory_full_info().pss / MEGABYTE
    return megabytes


def kind_of(command: list[str]) -> str:
    """Which of the service's processes a command line is."""
    text = " ".join(command)
    if "postgres" in text:
        return "database"
    if "media.nursery" in text:
        return "decoders"
    return next((word for word in ("api", "worker", "serve") if word in command), "other")
