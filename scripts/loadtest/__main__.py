"""`make loadtest`: how many clips a second this machine sustains, and what it is like there and at three times as many.

A service of its own in a temporary folder; residents enrolled by its own calls; a burst to see what the workers can do; then
four fifths of that, held; then three times as much, where only 202, 429 and 503 may come. The phones share the machine's
cores with the service: a machine of its own does better. Exit 1 where TRUST K4 does not hold. The last line of stdout is JSON.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scripts.clip_editing import frame_as_jpeg, without_frames
from scripts.demo_people import ENROLLED_FROM_SECOND
from scripts.loadtest.figures import Spread, faults, memory_growth
from scripts.loadtest.phase import Phase, run_phase, visitors_needed
from scripts.loadtest.plan import Plan, Visitor
from scripts.loadtest.profiles import Constant, PeakDay, Profile, Ramp, arrivals
from scripts.loadtest.report import Report, page, phase_numbers, tables
from scripts.loadtest.seeding import Kind, enrol
from scripts.running_service import Service, running_service
from scripts.speed.report import as_markdown, on_console
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.kit.postgres import EmbeddedPostgres
from verify_service.supervisor import DATABASE

ROOT = Path(__file__).resolve().parents[2]
SPEEDS = [256_000, 512_000, 1_000_000, 2_000_000]  # bytes a second: from a poor mobile network to a good one
SUSTAINED_SHARE, OVERLOAD_FACTOR = 0.8, 3.0
BURST_CLIPS = 16
# Small, so that the overload meets the bound within this short test: some ten seconds' clips of two cores.
QUEUE_LIMIT = 24
NOTE = (
    "Service, database and phones share this machine's cores: the phones' own work counts against the service. "
    f"The queue's bound was set to {QUEUE_LIMIT} clips for this test (default 1,000), so that it is met."
)
SEED = 20261125


class Shape(StrEnum):
    CONSTANT = "constant"
    RAMP = "ramp"
    PEAK = "peak"


@dataclass
class Test:
    """One load test as it goes."""

    service: Service
    folder: Path
    clips: dict[str, str]
    kinds: list[Kind]
    token: str
    progress: Progress
    enrolled: int = 0
    visitors: list[Visitor] = field(default_factory=list)
    phases: int = 0

    def say(self, text: str) -> None:
        self.progress.console.print(text)

    def enrol(self, count: int) -> None:
        """`count` residents more, each of whom may come twice."""
        task = self.progress.add_task("residents enrolled", total=count)
        with httpx.Client(base_url=self.service.url, timeout=60) as http:
            found = enrol(http, self.token, self.kinds, self.enrolled, count, lambda: self.progress.advance(task))
        random.Random(SEED).shuffle(found)  # noqa: S311 - the same order each time
        self.visitors += found
        self.enrolled += count

    def run(self, name: str, moments: list[float], seconds: float, patience: float, *, is_burst: bool = False) -> Phase:
        """The phones of a phase; each visitor comes only once."""
        task = self.progress.add_task(f"{name}: {len(moments)} phones in {seconds:.0f} s", total=None)
        self.phases += 1
        chosen, self.visitors = self.visitors[: len(moments)], self.visitors[len(moments) :]
        plan = Plan(
            url=self.service.url,
            token=self.token,
            moments=moments,
            visitors=chosen,
            clips=self.clips,
            events=str(self.folder / f"{name}.events.ndjson"),
            patience_seconds=patience,
            speeds=[0] if is_burst else SPEEDS,
            abandon_share=0.0 if is_burst else 0.04,
            torn_share=0.0 if is_burst else 0.04,
            repeat_share=0.0 if is_burst else 0.05,
            seed=SEED + self.phases,  # another in each phase: the same one would vary the clips to the same bytes
        )
        phase = run_phase(name, plan, seconds, self.folder, self.service.process.pid)
        self.progress.update(task, total=1, completed=1)
        return phase


def main(
    sustained_seconds: Annotated[float, typer.Option(help="How long the sustained rate is held")] = 75.0,
    overload_seconds: Annotated[float, typer.Option(help="How long three times as much comes")] = 25.0,
    shape: Annotated[Shape, typer.Option(help="How phones come in the sustained phase")] = Shape.CONSTANT,
    burst: Annotated[int, typer.Option(min=4, help="Clips that find out the workers' rate")] = BURST_CLIPS,
    workers: Annotated[int, typer.Option(help="Worker processes; 0: one a core")] = 0,
    media: Annotated[Path | None, typer.Option(help="Default: VERIFY_MEDIA, else ../shared/data")] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.html and loadtest.json")] = ROOT / "build" / "loadtest",
) -> None:
    """Measure acknowledgement, decision, errors and memory under load."""
    console = Console(stderr=True, soft_wrap=True)
    media = media or Path(os.environ.get("VERIFY_MEDIA", ROOT.parent / "shared" / "data"))
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="load-", dir=ROOT / "var"))
    settings = {"queue_limit": str(QUEUE_LIMIT), "log_level": "WARNING"} | (
        {"workers": str(workers)} if workers else {}
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with (
            Progress(*columns, console=console, refresh_per_second=1) as progress,
            running_service(folder / "var", **settings) as service,
        ):
            token = service.token("create-client", "load test", "--scopes", "mobile,registry")
            clips, kinds = _material(folder, media)
            test = Test(service, folder, clips, kinds, token, progress)
            report = _measure(test, burst, sustained_seconds, overload_seconds, shape)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(_close(report, console, out))


def _material(folder: Path, media: Path) -> tuple[dict[str, str], list[Kind]]:
    """The demo clip, and a clip of GRID where it is there, each with a photo of the same face."""
    talking_man = Manifest.load(ROOT / "models" / "manifest.toml").verified("media_talking_man")
    clips = {"demo": without_frames(talking_man, ENROLLED_FROM_SECOND)}
    kinds = [Kind("demo", frame_as_jpeg(talking_man, ENROLLED_FROM_SECOND))]
    grid, photo = media / "grid" / "s1_bbir6n.mp4", media / "reference_s1.jpg"
    if grid.is_file() and photo.is_file():
        clips["grid"] = grid.read_bytes()
        kinds.append(Kind("grid", photo.read_bytes()))
    paths = {}
    for name, content in clips.items():
        path = folder / f"{name}.mp4"
        path.write_bytes(content)
        paths[name] = str(path)
    return paths, kinds


def _measure(test: Test, burst: int, sustained_seconds: float, overload_seconds: float, shape: Shape) -> Report:
    chance = random.Random(SEED)  # noqa: S311 - a load, not a secret
    test.say(f"service ready at {test.service.url}; clips: {', '.join(test.clips)}")
    test.enrol(burst // 2 + 1)
    calibration = test.run("burst", [0.0] * burst, 1.0, patience=180.0, is_burst=True)
    capacity = calibration.figures.clips_per_second
    rate = SUSTAINED_SHARE * capacity
    # On a slow machine as many more as fill the queue: without its bound, three times as much is no test.
    flood_rate = max(OVERLOAD_FACTOR * rate, capacity + 1.5 * QUEUE_LIMIT / overload_seconds)
    test.say(f"the workers look at {capacity:.2f} clips/s; held: {rate:.2f}/s, then {flood_rate:.2f}/s")
    test.enrol(visitors_needed([rate * sustained_seconds, flood_rate * overload_seconds]))
    held = arrivals(_profile(shape, rate, sustained_seconds), sustained_seconds, chance)
    sustained = test.run("sustained", held, sustained_seconds, patience=30.0)
    flood = arrivals(Constant(flood_rate), overload_seconds, chance)
    overload = test.run("overload", flood, overload_seconds, patience=8.0)
    phases = [calibration, sustained, overload]
    return Report(
        capacity, phases, faults(sustained.figures, overload.figures), _reasons(test.service), _machine(), NOTE
    )


def _profile(shape: Shape, rate: float, seconds: float) -> Profile:
    match shape:
        case Shape.CONSTANT:
            return Constant(rate)
        case Shape.RAMP:
            return Ramp(0.2 * rate, rate, 0.8 * seconds)
        case Shape.PEAK:
            return PeakDay(rate, seconds)


def _reasons(service: Service) -> dict[str, int]:
    """Reasons of what was decided last on each verification, from the service's database: phones are not told them."""
    server = EmbeddedPostgres(Path(service.environment["VERIFY_VAR_DIR"]).absolute() / "postgres")
    statement = "SELECT reasons FROM verifications WHERE decided_at IS NOT NULL"
    with psycopg.connect(server.url(DATABASE)) as connection:
        rows = connection.execute(statement).fetchall()
    return dict(Counter(reason for (reasons,) in rows for reason in reasons or ["(confirmed)"]))


def _machine() -> str:
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end (others' work counts too)"


def _close(report: Report, console: Console, out: Path) -> int:
    for table in tables(report):
        console.print(on_console(table))
    for fault in report.faults:
        console.print(f"[red]does not hold:[/] {fault}")
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.html").write_text(page(report), "utf-8")
    (out / "tables.md").write_text("\n".join(map(as_markdown, tables(report))), "utf-8")
    console.print(f"written: {out}/report.html, tables.md, loadtest.json. {report.note}")
    sustained = report.phases[1]
    numbers = {
        "loadtest": "failed" if report.faults else "ok",
        "capacity_clips_per_second": round(report.capacity, 3),
        "phases": {phase.figures.name: phase_numbers(phase.figures) for phase in report.phases},
        "reasons": dict(report.reasons),
        "memory_megabytes": round(sustained.samples[-1].whole) if sustained.samples else None,
        "memory_growth_share": round(memory_growth(sustained.samples), 4),
        "faults": list(report.faults),
        "machine": report.machine,
    }
    (out / "loadtest.json").write_text(json.dumps(numbers, indent=1), "utf-8")
    print(
        json.dumps(
            {key: numbers[key] for key in ("loadtest", "capacity_clips_per_second", "memory_megabytes")}
            | _short(sustained)
        )
    )
    return 1 if report.faults else 0


def _short(sustained: Phase) -> dict[str, object]:
    def told(spread: Spread | None) -> list[float] | None:
        return [round(spread.p50, 3), round(spread.p95, 3), round(spread.p99, 3)] if spread else None

    figures = sustained.figures
    return {
        "clips_per_second": round(figures.clips_per_second, 3),
        "acknowledge_p50_p95_p99": told(figures.acknowledge),
        "decision_p50_p95_p99": told(figures.decision),
        "errors": figures.errors,
    }


if __name__ == "__main__":
    typer.run(main)
