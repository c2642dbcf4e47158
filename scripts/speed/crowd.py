"""The eye in worker processes: clips a second with one and with two, and whether memory stays flat over many clips."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
import psutil

from scripts.speed.clips import Measured
from scripts.speed.cost import references_of
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.pipeline import Eye
from verify_service.decision.thresholds import load_thresholds

MEGABYTE = 1_000_000
# The first clips fill heaps and caches to what a worker needs; from then on nothing should be added.
SETTLING_SHARE = 0.2


@dataclass(frozen=True)
class Memory:
    """Resident megabytes of a worker and its decoder after each clip."""

    megabytes: tuple[float, ...]

    @property
    def slope_kilobytes(self) -> float:
        """Kilobytes added a clip, by least squares over the clips after the settling."""
        settled = np.array(self.megabytes[int(SETTLING_SHARE * len(self.megabytes)) :])
        return float(np.polyfit(np.arange(len(settled)), settled, 1)[0] * 1000) if len(settled) > 1 else 0.0


def clips_per_second(manifest: Manifest, measured: Measured, processes: int, clips_each: int) -> float:
    """Clips a second, by the wall clock, of so many processes that look at one clip again and again."""
    context = multiprocessing.get_context("spawn")
    barrier, spans = context.Barrier(processes), context.SimpleQueue()
    workers = [
        context.Process(target=_look, args=(manifest.path, measured, clips_each, barrier, spans.put))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found = [spans.get() for _ in workers]
    for worker in workers:
        worker.join()
    begun, ended = min(span[0] for span in found), max(span[1] for span in found)
    return float(processes * clips_each / (ended - begun))


def _look(
    manifest: Path, measured: Measured, clips: int, barrier: Barrier, report: Callable[[tuple[float, float]], None]
) -> None:
    with _eye(manifest) as eye:
        references = references_of(eye, measured)
        eye.assess(measured.content, references, measured.challenge)
        barrier.wait()
        begun = time.monotonic()
        for _ in range(clips):
            eye.assess(measured.content, references, measured.challenge)
        report((begun, time.monotonic()))


def memory_over(manifest: Manifest, measured: Sequence[Measured], clips: int, advance: Callable[[], None]) -> Memory:
    """Resident size after each of `clips` looks at the given clips in turn, in this process with an eye of its own."""
    megabytes = []
    with _eye(manifest.path) as eye:
        references = [references_of(eye, clip) for clip in measured]
        for index in range(clips):
            clip = measured[index % len(measured)]
            eye.assess(clip.content, references[index % len(measured)], clip.challenge)
            megabytes.append(_resident() / MEGABYTE)
            advance()
    return Memory(tuple(megabytes))


def _resident() -> int:
    """Of this process and its decoders. What they share counts twice: the same each time."""
    process = psutil.Process()
    return int(sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]))


def _eye(manifest: Path) -> Eye:
    return Eye.load(Manifest.load(manifest), load_thresholds().limits, sandbox_required=False)
