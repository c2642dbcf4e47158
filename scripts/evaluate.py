#!/usr/bin/env python3
"""Measure the eye: `scripts/evaluate.py PART… --media DIR --out build/eval` writes report.html, figures.json, thresholds.toml.

Parts: comparison speech presence quality replay clips, or all of them: all. `own FOLDER` measures a district's own
consented clips (docs/evaluating-your-own-clips.md). What was computed is kept, so that a run that was stopped goes on
where it was, and parts measured one by one come together in one report while models, limits and code stay the same.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.evaluation.cache import Cache  # noqa: E402
from scripts.evaluation.kept import Found, as_json, keep, kept  # noqa: E402
from scripts.evaluation.markdown import markdown  # noqa: E402
from scripts.evaluation.own_folder import OwnFolderInvalid  # noqa: E402
from scripts.evaluation.parts import ALL, PARTS, PartMissing  # noqa: E402
from scripts.evaluation.progress import progress_for  # noqa: E402
from scripts.evaluation.proposed import thresholds_toml  # noqa: E402
from scripts.evaluation.provenance import Stopwatch, provenance  # noqa: E402
from scripts.evaluation.report import Run, report  # noqa: E402
from scripts.evaluation.setting import Setting  # noqa: E402
from verify_service.biometrics.inference.manifest import Manifest, ManifestError  # noqa: E402
from verify_service.decision.thresholds import SHIPPED, load_thresholds  # noqa: E402

CACHE = ROOT / "var" / "evaluation"
MEDIA = ROOT.parent / "shared" / "data"


class UnknownPart(Exception):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no part {name!r}: choose from {', '.join(ALL)}, all, or own FOLDER")


def main(
    parts: Annotated[
        list[str], typer.Argument(help="comparison speech presence quality replay clips, all, own FOLDER")
    ],
    media: Annotated[Path, typer.Option(envvar="VERIFY_MEDIA", help="folder of test media")] = MEDIA,
    out: Annotated[Path | None, typer.Option(help="folder of the report [default: build/eval; own: build/own]")] = None,
    quick: Annotated[bool, typer.Option(help="a small sample of everything, under four minutes")] = False,
    cache: Annotated[Path | None, typer.Option(help="what was computed [default: var/evaluation; own: none]")] = None,
    processes: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Measure parts of the eye and write the report."""
    names, folder = _asked(parts)
    manifest, thresholds = Manifest.load(ROOT / "models" / "manifest.toml"), load_thresholds()
    out = out or ROOT / "build" / ("own" if folder else "eval")
    out.mkdir(parents=True, exist_ok=True)
    with _cache(cache, own=folder is not None) as kept_values, progress_for(sys.stdout) as progress:
        setting = Setting(
            media=(folder or media).resolve(),
            manifest=manifest,
            limits=thresholds.limits,
            cache=kept_values,
            progress=progress,
            quick=quick,
            processes=processes,
        )
        # Taken before anything is measured: whoever edits the eye meanwhile must not have old figures under a new name.
        keys = {name: _key(name, setting) for name in PARTS if PARTS[name].path.is_file()}
        command = f"scripts/evaluate.py {' '.join(names)}{' --quick' if quick else ''}"
        missing = []
        for name in names:
            try:
                measure(name, setting, keys.get(name, ""), out)
            except PartMissing as error:
                missing.append(error)
                typer.echo(str(error), err=True)
            # After each part: where a later one fails, what was found so far can be read.
            write(setting, keys, out, names, command)
    typer.echo(f"{out / 'report.html'}")
    if missing:
        raise typer.Exit(1)


def measure(name: str, setting: Setting, key: str, out: Path) -> None:
    """Measure a part and keep what it found. Raises PartMissing, and what the part raises."""
    setting.progress.console.print(f"[bold]{PARTS[name].title}[/bold]")
    stopwatch = Stopwatch()
    figures = PARTS[name].measure(setting)
    keep(out, Found(figures, key, datetime.now(UTC).isoformat(timespec="seconds"), stopwatch.seconds))


def write(setting: Setting, keys: Mapping[str, str], out: Path, names: Sequence[str], command: str) -> None:
    """Write the report of all parts whose kept figures are still true: those just measured, and those of earlier runs."""
    now = datetime.now(UTC)
    run = Run(
        provenance=provenance(ROOT, setting.manifest, now.isoformat(timespec="seconds")),
        limits=setting.limits,
        found=kept(out, keys),
        wanted=names,
        quick=setting.quick,
        command=command,
    )
    figures = as_json(_figures(run))
    (out / "figures.json").write_text(figures, "utf-8")
    sha256 = hashlib.sha256(figures.encode()).hexdigest()
    proposal = thresholds_toml(SHIPPED.read_text("utf-8"), run.proposals, now.date(), sha256)
    (out / "thresholds.toml").write_text(proposal, "utf-8")
    (out / "report.html").write_text(report(run), "utf-8")
    (out / "accuracy.md").write_text(markdown(run), "utf-8")


def _asked(words: Sequence[str]) -> tuple[list[str], Path | None]:
    """The parts in the report's order, and the folder of `own`. Raises UnknownPart."""
    if words[0] == "own" and len(words) == 2:
        return ["own"], Path(words[1])
    unknown = [word for word in words if word not in (*ALL, "all")]
    if unknown:
        raise UnknownPart(unknown[0])
    return [name for name in ALL if name in words or "all" in words], None


def _key(name: str, setting: Setting) -> str:
    """All that a part's figures depend on: its sources, the models, the limits in force, the media, how much was asked for."""
    models = sorted((asset.role, asset.sha256) for asset in setting.manifest)
    given = [
        PARTS[name].sources_sha256,
        models,
        asdict(setting.limits),
        str(setting.media),
        setting.quick,
        setting.seed,
    ]
    return hashlib.sha256(json.dumps(given).encode()).hexdigest()


def _figures(run: Run) -> dict[str, Any]:
    """figures.json: where the figures come from, then the numbers of each part under its name."""
    about = run.provenance
    numbers = {name: found.figures.numbers for name, found in run.found.items()}
    return {
        "commit": about.commit,
        "dirty": about.dirty,
        "date": about.at,
        "quick": run.quick,
        "machine": {"cpu": about.cpu, "cores": about.cores},
        "seconds": {name: found.seconds for name, found in run.found.items()},
        "models": about.models,
        "limits": asdict(run.limits),
        "data": {name: found.figures.data for name, found in run.found.items()},
        "goals": {name: [asdict(goal) for goal in found.figures.goals] for name, found in run.found.items()},
        "parts": list(numbers),
        **numbers,
    }


@contextmanager
def _cache(folder: Path | None, *, own: bool) -> Iterator[Cache]:
    """The cache; for a district's own clips one that is gone after the run, since faces can be compared by what it holds."""
    if folder is None and own:
        with tempfile.TemporaryDirectory(prefix="evaluate-own-") as passing:
            yield Cache(Path(passing))
    else:
        yield Cache(folder or CACHE)


if __name__ == "__main__":
    try:
        # No pretty tracebacks: they print what variables hold, and one of them may be a face.
        app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
        app.command()(main)
        app()
    except (UnknownPart, OwnFolderInvalid, ManifestError) as error:
        sys.exit(str(error))
