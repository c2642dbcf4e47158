"""What a part found, kept in the folder of the report, so that parts can be measured one by one into one report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.evaluation.figures import Figures, Goal, Plot, Proposal, Table
from scripts.evaluation.parts import PARTS
from verify_service.evaluation.intervals import Rate


@dataclass(frozen=True)
class Found:
    """A part's figures; `key` names what they depend on, `at` when (ISO 8601), `seconds` of the wall clock and of all CPUs."""

    figures: Figures
    key: str
    at: str
    seconds: Mapping[str, float]


def keep(out: Path, found: Found) -> None:
    """Write one part's figures. A number that is NaN or infinite is an error: it would not be JSON, nor a figure."""
    folder = out / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.figures.part}.json"
    part = path.with_suffix(".part")
    part.write_text(as_json(_written(found)), "utf-8")
    part.replace(path)


def kept(out: Path, keys: Mapping[str, str]) -> dict[str, Found]:
    """The kept figures by part, in the report's order, of those whose key is still that of `keys`: others are stale."""
    there = {}
    for name in PARTS:
        path = out / "parts" / f"{name}.json"
        if path.is_file() and name in keys:
            found = _read(json.loads(path.read_text("utf-8")))
            if found.key == keys[name]:
                there[name] = found
    return there


def as_json(value: Any) -> str:
    """Rates become their numbers, numpy's values plain ones. Raises ValueError for NaN and TypeError for anything strange."""
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _plain(value: object) -> Any:
    if isinstance(value, Rate):
        return value.numbers
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in figures.json")


def _written(found: Found) -> dict[str, Any]:
    figures = found.figures
    return {
        "key": found.key,
        "at": found.at,
        "seconds": found.seconds,
        "figures": {
            "part": figures.part,
            "numbers": figures.numbers,
            "data": figures.data,
            "tables": [asdict(table) for table in figures.tables],
            "plots": [asdict(plot) for plot in figures.plots],
            "proposals": [asdict(proposal) for proposal in figures.proposals],
            "goals": [asdict(goal) for goal in figures.goals],
        },
    }


def _read(entry: Mapping[str, Any]) -> Found:
    figures = entry["figures"]
    return Found(
        Figures(
            part=figures["part"],
            numbers=figures["numbers"],
            tables=[
                Table(t["title"], tuple(t["columns"]), tuple(map(tuple, t["rows"])), t["note"])
                for t in figures["tables"]
            ],
            plots=[Plot(**plot) for plot in figures["plots"]],
            proposals=[Proposal(**proposal) for proposal in figures["proposals"]],
            data=figures["data"],
            goals=[Goal(**goal) for goal in figures["goals"]],
        ),
        entry["key"],
        entry["at"],
        entry["seconds"],
    )
