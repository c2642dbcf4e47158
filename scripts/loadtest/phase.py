"""One phase: a plan, locust in a process of its own, a watch on the service, and the figures of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.loadtest.figures import PhaseFigures, phase_figures
from scripts.loadtest.plan import ENVIRONMENT, Event, Plan, read_events
from scripts.loadtest.watch import Sample, watching

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 30


class LocustFailed(Exception):
    """The process of the phones ended without noting anything."""

    def __init__(self, said: str) -> None:
        super().__init__(f"locust failed: {said.strip()[-800:]}")


@dataclass(frozen=True)
class Phase:
    """What came of a phase."""

    figures: PhaseFigures
    events: list[Event]
    samples: list[Sample]


def run_phase(name: str, plan: Plan, seconds: float, folder: Path, service_process_id: int) -> Phase:
    """Let the phones of the plan come and go. Raises LocustFailed."""
    path = folder / f"{name}.plan.json"
    plan.write(path)
    with watching(plan.url, service_process_id) as samples:
        _locust(path, folder / f"{name}.locust", seconds + plan.patience_seconds + START_SECONDS_MAX)
    events = read_events(Path(plan.events))
    return Phase(phase_figures(name, events, plan.moments, seconds), events, list(samples))


def _locust(plan: Path, out: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "scripts" / "loadtest" / "locustfile.py")]
    command += ["--headless", "--users", "1", "--spawn-rate", "1", "--run-time", f"{round(seconds)}s", "--only-summary"]
    command += ["--csv", str(out), "--exit-code-on-error", "0", "--stop-timeout", "5"]
    environment = {**os.environ, ENVIRONMENT: str(plan), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode or not Path(Plan.read(plan).events).is_file():
        raise LocustFailed(done.stderr)


def visitors_needed(counts: Sequence[float]) -> int:
    """Residents for so many arrivals in each phase, each resident coming for two purposes, and a tenth in reserve."""
    return int(1.1 * sum(counts) / 2) + 4
