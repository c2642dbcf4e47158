#!/usr/bin/env python3
"""Take a full run of scripts/evaluate.py for the one that the shipped thresholds rest on.

Copies figures.json to docs/, writes the tables into docs/accuracy.md, and sets beside every threshold that rests on counts
the run's own counts, bound, day and sha256. The thresholds' values, origins and data are edited by a person who has read the
proposal; this only says what the run found of them.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.evaluation.parts import PARTS  # noqa: E402
from scripts.evaluation.proposed import toml_value  # noqa: E402
from verify_service.decision.thresholds import SHIPPED, load_thresholds  # noqa: E402

FIGURES, ACCURACY = ROOT / "docs" / "figures.json", ROOT / "docs" / "accuracy.md"
TABLE = re.compile(r"^\[(\w+)\]\n(?:.+\n?)+", re.MULTILINE)
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
    proposed = tomllib.loads((run / "thresholds.toml").read_text("utf-8"))
    thresholds = stamped(SHIPPED.read_text("utf-8"), proposed, hashlib.sha256(content).hexdigest())
    FIGURES.write_bytes(content)
    SHIPPED.write_text(thresholds, "utf-8")
    tables = (run / "accuracy.md").read_text("utf-8")
    ACCURACY.write_text(TABLES.sub(lambda m: m[1] + "\n" + tables + "\n" + m[2], ACCURACY.read_text("utf-8")), "utf-8")
    typer.echo(f"adopted: thresholds {load_thresholds().version}")


def stamped(thresholds: str, proposed: Mapping[str, Mapping[str, Any]], sha256: str) -> str:
    """The file with counts, bound, day and `figures` as the run `sha256` proposes them, in every table that has `figures`.

    Raises RunUnusable where such a limit was not measured by this run: counts of another must not stand under its name.
    """

    def table(match: re.Match[str]) -> str:
        name, text = match[1], match[0]
        if "\nfigures = " not in text:
            return text
        new = proposed.get(name, {})
        if new.get("figures") != sha256:
            raise RunUnusable(f"the run says nothing of {name}, which rests on counts")
        told = {key: f"{key} = {toml_value(new[key])}\n" for key in ("counts", "bound", "figures", "date")}
        return "".join(told.get(line.partition(" = ")[0], line) for line in text.splitlines(keepends=True))

    return TABLE.sub(table, thresholds)


if __name__ == "__main__":
    try:
        typer.run(main)
    except RunUnusable as error:
        sys.exit(str(error))
