"""The proposal of a `thresholds.toml`: the set in force, with the limits replaced that the data could settle."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from scripts.evaluation.figures import Proposal


def thresholds_toml(in_force: str, proposals: Iterable[Proposal], on: date, figures_sha256: str) -> str:
    """TOML text. Each replaced table says above it what it was; a table that nobody proposes stays as it is.

    Where two parts propose the same limit the first one stands, and the other is told in a comment.
    """
    tables: dict[str, dict[str, Any]] = tomllib.loads(in_force)
    by_limit: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        by_limit.setdefault(proposal.limit, []).append(proposal)
    lines = [
        "# Proposal of scripts/evaluate.py: read it, compare it with the report, then copy what you agree with.",
        f"# {len(by_limit)} of {len(tables)} limits are proposed anew.",
    ]
    for name, table in tables.items():
        lines += ["", *_table(name, table, by_limit.get(name, []), on, figures_sha256)]
    for name in by_limit.keys() - tables.keys():
        lines += ["", f"# Not a limit of this version: {name} = {toml_value(by_limit[name][0].value)}"]
    return "\n".join(lines) + "\n"


def _table(name: str, old: Mapping[str, Any], proposals: list[Proposal], on: date, figures_sha256: str) -> list[str]:
    if not proposals:
        return _lines(name, old)
    new, *others = proposals
    value = type(old["value"])(new.value)  # a count stays a whole number
    comments = [f"# was {toml_value(old['value'])}: {old['origin']}"]
    comments += [f"# also proposed: {toml_value(other.value)}: {other.origin}, {other.counts}" for other in others]
    return comments + _lines(
        name,
        {
            "value": value,
            "origin": new.origin,
            "data": new.data,
            "counts": new.counts,
            "bound": new.bound,
            "figures": figures_sha256,
            "date": on,
            "provisional": False,
        },
    )


def _lines(name: str, table: Mapping[str, Any]) -> list[str]:
    return [f"[{name}]", *(f"{key} = {toml_value(value)}" for key, value in table.items())]


def toml_value(value: object) -> str:
    """A truth value, a text, a day or a number as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # a TOML string knows JSON's escapes
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)
