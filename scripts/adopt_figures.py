#!/usr/bin/env python3
"""Take a full run of scripts/evaluate.py for the one that the shipped thresholds rest on.

Copies figures.json to docs/, sets its sha256 beside every threshold that rests on counts, and writes the tables into
docs/accuracy.md. The thresholds' values are edited by a person who has read the proposal; this only says where they come from.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.evaluation.parts import PARTS  # noqa: E402
from verify_service.decision.thresholds import SHIPPED, load_thresholds  # noqa: E402

FIGURES, ACCURACY = ROOT / "docs" / "figures.json", ROOT / "docs" / "accuracy.md"
TABLES = re.compile(r"(<!-- figures of the evaluation -->\n).*(<!-- end -->)", re.DOTALL)


class RunUnusable(Exception):
    """This run cannot be what thresholds rest on."""


def main(
    run: Annotated[Path, typer.Argument(help="folder that scripts/evaluate.py wrote")] = ROOT / "build/eval",
) -> None:
    """Adopt a run."""
    content = (run / "figures.json").read_bytes()
    figures = json.loads(content)
    missing = [name for name in PARTS if name != "own" and name not in figures]
    if figures["quick"] or missing:
        raise RunUnusable(f"{run} is {'quick' if figures['quick'] else 'without ' + ', '.join(missing)}")
    if figures["limits"] != load_thresholds().values:
        raise RunUnusable(f"{run} was measured with other limits than {SHIPPED.name} has")
    FIGURES.write_bytes(content)
    SHIPPED.write_text(stamped(SHIPPED.read_text("utf-8"), hashlib.sha256(content).hexdigest()), "utf-8")
    tables = (run / "accuracy.md").read_text("utf-8")
    ACCURACY.write_text(TABLES.sub(lambda m: m[1] + "\n" + tables + "\n" + m[2], ACCURACY.read_text("utf-8")), "utf-8")
    typer.echo(f"adopted: thresholds {load_thresholds().version}")


def stamped(thresholds: str, sha256: str) -> str:
    """The file with `figures` set in every table that tells counts."""
    return re.sub(r'^figures = "[0-9a-f]*"$', f'figures = "{sha256}"', thresholds, flags=re.MULTILINE)


if __name__ == "__main__":
    try:
        typer.run(main)
    except RunUnusable as error:
        sys.exit(str(error))
