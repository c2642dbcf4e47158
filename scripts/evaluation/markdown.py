"""The report's tables as Markdown, for docs/accuracy.md: goals first, then each part's tables."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.evaluation.figures import Goal, Table
from scripts.evaluation.parts import PARTS
from scripts.evaluation.report import Run

ANSWER = {True: "yes", False: "**no**", None: "too few to tell"}


def markdown(run: Run) -> str:
    """Text that begins and ends without a heading of the first order, so that it stands within another page."""
    return "\n".join([*_goals(run), *_parts(run)]).strip() + "\n"


def _goals(run: Run) -> Iterator[str]:
    rows = [(name, goal) for name, found in run.found.items() for goal in found.figures.goals]
    yield "## Goals"
    yield ""
    yield _row(("Part", "Goal", "Wanted", "Measured", "Met"))
    yield _row(("---",) * 5)
    for name, goal in rows:
        yield _row((PARTS[name].title, goal.name, goal.wanted, goal.measured, _met(goal)))
    yield ""


def _met(goal: Goal) -> str:
    return ANSWER[goal.met]


def _parts(run: Run) -> Iterator[str]:
    for name, found in run.found.items():
        yield f"## {PARTS[name].title}"
        yield ""
        yield f"`scripts/evaluate.py {name}`. {PARTS[name].about}"
        yield ""
        for table in found.figures.tables:
            yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.title}"
    yield ""
    yield _row(table.columns)
    yield _row(("---",) * len(table.columns))
    for row in table.rows:
        yield _row(row)
    yield ""
    if table.note:
        yield table.note
        yield ""


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
