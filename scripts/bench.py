#!/usr/bin/env python3
"""What a clip costs: CPU seconds by stage, against the floor of the same run and against the glue that a user would write.

`scripts/bench.py` measures everything; `--only demo --no-glue` the demo clip in seconds. The last line of stdout is JSON:
`demo_cpu_seconds`, `glue_ratio` (null where the glue did not run), `overhead_share`, all of the demo clip; the whole lies in
`--out`: bench.json, bench.md and plots.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.evaluation.cache import Cache  # noqa: E402
from scripts.evaluation.figures import Plot, Table  # noqa: E402
from scripts.speed import clips, crowd, glue, gpu, report, scaling  # noqa: E402
from scripts.speed.clips import Measured  # noqa: E402
from scripts.speed.cost import Cost, cost_of, references_of  # noqa: E402
from scripts.speed.floor import cost_and_floor  # noqa: E402
from verify_service.biometrics.inference.manifest import Manifest  # noqa: E402
from verify_service.biometrics.inference.onnx import ProviderMissing  # noqa: E402
from verify_service.biometrics.pipeline import Eye  # noqa: E402
from verify_service.decision.thresholds import load_thresholds  # noqa: E402

WORKERS = (1, 2)
CLIPS_EACH = 10


class Clip(StrEnum):
    DEMO = "demo"
    GRID = "grid"
    LONG = "long"


@dataclass
class Bench:
    """One run: what it measures with, and what it has found so far."""

    console: Console
    progress: Progress
    manifest: Manifest
    cache: Cache
    times: int
    tables: list[Table] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)

    def show(self, table: Table) -> None:
        self.tables.append(table)
        self.progress.console.print(report.on_console(table))

    def say(self, text: str) -> None:
        self.progress.console.print(text)


def main(
    only: Annotated[list[Clip] | None, typer.Option(help="These clips alone, and nothing else")] = None,
    with_glue: Annotated[bool, typer.Option("--glue/--no-glue", help="Run the peer, minutes of CPU")] = True,
    times: Annotated[int, typer.Option(min=1, help="Runs of each; of each part the cheapest counts")] = 5,
    glue_times: Annotated[int, typer.Option(min=1, help="Runs of the peer; the cheapest counts")] = 2,
    memory_clips: Annotated[int, typer.Option(min=0, help="Clips for the memory's curve; 0: not measured")] = 0,
    with_gpu: Annotated[bool, typer.Option("--gpu", help="The embedder in batches on a CUDA GPU")] = False,
    media: Annotated[Path | None, typer.Option(help="Default: VERIFY_MEDIA, else ../shared/data")] = None,
    out: Annotated[Path, typer.Option(help="Folder for bench.json, bench.md and plots")] = ROOT / "build" / "bench",
) -> None:
    """Measure what clips cost."""
    media = media or Path(os.environ.get("VERIFY_MEDIA", ROOT.parent / "shared" / "data"))
    manifest = Manifest.load(ROOT / "models" / "manifest.toml")
    # On stderr: stdout's last line is for machines.
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bench = Bench(console, progress, manifest, Cache(ROOT / "var" / "bench"), times)
        _measure_clips(bench, _chosen(bench, only, media), glue_times if with_glue else 0)
        if only is None:
            _measure_scaling(bench)
            _measure_workers(bench)
        if memory_clips:
            _measure_memory(bench, media, memory_clips)
        if with_gpu:
            _measure_gpu(bench)
    _write(bench, out)
    print(json.dumps(_summary(bench)))


def _chosen(bench: Bench, only: Sequence[Clip] | None, media: Path) -> list[Measured]:
    found = []
    for clip in only or list(Clip):
        match clip:
            case Clip.DEMO:
                found.append(clips.demo(bench.manifest))
            case Clip.LONG:
                found.append(clips.long(bench.manifest, bench.cache))
            case Clip.GRID:
                measured = clips.grid(media)
                if measured is None:
                    bench.say(f"no GRID clip at {media}: not measured (set VERIFY_MEDIA)")
                else:
                    found.append(measured)
    return found


def _measure_clips(bench: Bench, chosen: Sequence[Measured], glue_times: int) -> None:
    absent = glue.missing() if glue_times else ()
    if absent:
        bench.say(f"the glue is not measured: {', '.join(absent)} not installed (requirements/baseline.lock)")
        glue_times = 0
    task = bench.progress.add_task("clips", total=len(chosen) * (2 if glue_times else 1))
    found = []
    with _eye(bench) as eye:
        for clip in chosen:
            references = references_of(eye, clip)
            cost, floor = cost_and_floor(eye, clip, references, bench.times)
            bench.progress.advance(task)
            peer = None
            if glue_times:
                peer = glue.run_glue(clip, glue_times)
                bench.progress.advance(task)
            found.append(report.Found(clip.title, cost, floor, peer))
            bench.numbers[clip.name] = _clip_numbers(found[-1], clip)
            bench.show(report.stages_table(found[-1]))
    bench.plots.append(report.stages_plot(found))
    if glue_times:
        bench.show(report.glue_table(found))


def _clip_numbers(found: report.Found, clip: Measured) -> dict[str, Any]:
    return {
        "title": clip.title,
        "byte_size": len(clip.content),
        "cpu_seconds": found.cost.whole,
        "stages": dict(found.cost.seconds),
        "floor": dict(found.floor.seconds),
        "model_calls": dict(found.floor.calls),
        "overhead_share": found.overhead_share,
        "failed_checks": found.cost.failed,
        "glue": dict(found.glue) if found.glue else None,
        "glue_ratio": found.glue_ratio,
    }


def _measure_scaling(bench: Bench) -> None:
    series = scaling.series()
    task = bench.progress.add_task("length, resolution, frame rate", total=sum(map(len, series.values())))
    costs: dict[str, tuple[int, Cost]] = {}
    with _eye(bench) as eye:
        for question, points in series.items():
            for _, name, variant in points:
                if variant.key not in costs:
                    clip = clips.variant_of_demo(variant.key, name, variant, bench.manifest, bench.cache)
                    cost = cost_of(eye, clip, references_of(eye, clip), max(1, bench.times // 2))
                    costs[variant.key] = len(clip.content), cost
                bench.progress.advance(task)
            rows = [(name, *costs[variant.key]) for _, name, variant in points]
            bench.show(report.scaling_table(question, rows))
            bench.plots.append(report.scaling_plot(question, [p[0] for p in points], [row[2] for row in rows]))
            bench.numbers[question] = {name: {"byte_size": s, "cpu_seconds": c.whole} for name, s, c in rows}


def _measure_workers(bench: Bench) -> None:
    task = bench.progress.add_task("worker processes", total=len(WORKERS))
    clip, rates = clips.demo(bench.manifest), {}
    for processes in WORKERS:
        rates[processes] = crowd.clips_per_second(bench.manifest, clip, processes, CLIPS_EACH)
        bench.progress.advance(task)
    rows = tuple((str(n), f"{rate:.2f}", f"{rate / rates[1]:.2f}") for n, rate in rates.items())
    load = f"By the wall clock; load average at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    bench.show(Table("Worker processes on the demo clip", ("processes", "clips/s", "of one"), rows, load))
    bench.numbers["clips_per_second"] = {str(n): rate for n, rate in rates.items()}


def _measure_memory(bench: Bench, media: Path, count: int) -> None:
    task = bench.progress.add_task("memory", total=count)
    given = [clips.demo(bench.manifest)]
    grid = clips.grid(media)
    if grid is not None:
        given.append(grid)
    memory = crowd.memory_over(bench.manifest, given, count, lambda: bench.progress.advance(task))
    tenths = [memory.megabytes[min(count - 1, max(0, round(count * n / 10) - 1))] for n in range(1, 11)]
    row = (str(count), *(f"{m:.0f}" for m in tenths), f"{memory.slope_kilobytes:+.1f}")
    columns = ("clips", *(f"{10 * n} %" for n in range(1, 11)), "kB a clip")
    note = "Resident MB of one process with its decoder; the slope is over the clips after the first fifth."
    bench.show(Table("Memory over many clips", columns, (row,), note))
    bench.plots.append(report.memory_plot(memory))
    bench.numbers["memory"] = {"megabytes": memory.megabytes, "slope_kilobytes": memory.slope_kilobytes}


def _measure_gpu(bench: Bench) -> None:
    try:
        rates = gpu.batch_rates(bench.manifest)
    except ProviderMissing as error:
        bench.say(f"no GPU was measured: {error}. Install the extra `gpu` in place of `cpu` on a machine with CUDA.")
        bench.numbers["gpu"] = None
        return
    rows = tuple((str(r.batch), f"{r.faces_per_second:,.0f}") for r in rates)
    bench.show(Table("The embedder on a CUDA GPU", ("batch", "faces/s"), rows))
    bench.numbers["gpu"] = [asdict(rate) for rate in rates]


def _eye(bench: Bench) -> Eye:
    return Eye.load(bench.manifest, load_thresholds().limits, sandbox_required=False)


def _summary(bench: Bench) -> dict[str, float | None]:
    demo = bench.numbers.get(Clip.DEMO.value, {})
    keys = {"demo_cpu_seconds": "cpu_seconds", "glue_ratio": "glue_ratio", "overhead_share": "overhead_share"}
    return {name: demo.get(key) and round(demo[key], 4) for name, key in keys.items()}


def _write(bench: Bench, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    machine = {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "python": platform.python_version(),
        "load_average": os.getloadavg(),
    }
    numbers = {**_summary(bench), "machine": machine, "times": bench.times, **bench.numbers}
    (out / "bench.json").write_text(json.dumps(numbers, indent=1, ensure_ascii=False), "utf-8")
    (out / "bench.md").write_text("\n".join(map(report.as_markdown, bench.tables)), "utf-8")
    for plot in bench.plots:
        (out / f"{plot.title.lower().replace(' ', '-')}.svg").write_text(plot.svg, "utf-8")
    bench.console.print(f"written: {out}/bench.json, bench.md and {len(bench.plots)} plots")


def _processor() -> str:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines() if Path(path).is_file() else []


if __name__ == "__main__":
    typer.run(main)
