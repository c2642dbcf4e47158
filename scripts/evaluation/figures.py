"""What a part of the evaluation hands over: numbers for figures.json, tables and plots for the report, proposals for limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """Rows of text under a title; `note` says what is synthetic, and what the table does not show."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Plot:
    """A picture as SVG text, with the sentence that a reader should take from it."""

    title: str
    svg: str
    caption: str


@dataclass(frozen=True)
class Proposal:
    """A limit of `thresholds.toml` as this data would set it. `counts` and `bound` say on how much it rests."""

    limit: str
    value: float
    origin: str
    data: str
    counts: str
    bound: str


@dataclass(frozen=True)
class Goal:
    """A line of the report's summary, for a reader who reads nothing else: "Right digits heard, clean sound", "≥ 99 %",
    the measured rate's `text`, and whether it is met; None where the data are too few to say."""

    name: str
    wanted: str
    measured: str
    met: bool | None


@dataclass(frozen=True)
class Figures:
    """`numbers` is plain JSON: every rate with its counts and its interval. `data` names each set with its count and sha256."""

    part: str
    numbers: Mapping[str, Any]
    tables: Sequence[Table] = ()
    plots: Sequence[Plot] = ()
    proposals: Sequence[Proposal] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    goals: Sequence[Goal] = ()
