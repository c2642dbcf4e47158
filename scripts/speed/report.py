"""What the bench found, as tables for a terminal and for docs/performance.md, and as plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table as ConsoleTable

from scripts.evaluation.figures import Plot, Table
from scripts.evaluation.plots import lines, stacked
from scripts.speed.cost import BESIDE_STAGES, Cost
from scripts.speed.crowd import Memory
from scripts.speed.floor import DECODE, Floor

# The stage in which a model's calls are; a model that is not named here stands in a row of its own.
STAGE_OF = {
    DECODE: "decode",
    "FaceDetector": "detect",
    "Landmarker": "landmarks",
    "EmbeddingNet": "embed",
    "PresentationNet": "presentation",
    "VoiceActivity": "voice",
    "SpeechEncoder": "speech",
    "SpeechDecoder": "speech",
}


@dataclass(frozen=True)
class Found:
    """One clip: what the eye spends, what it cannot spend less than, and what the glue says and spends."""

    title: str
    cost: Cost
    floor: Floor
    glue: Mapping[str, Any] | None = None

    @property
    def overhead_share(self) -> float:
        """1 - floor / all: what is neither decoding nor a model."""
        return 1 - self.floor.whole / self.cost.whole

    @property
    def glue_ratio(self) -> float | None:
        return self.glue["seconds"] / self.cost.whole if self.glue else None


def stages_table(found: Found) -> Table:
    """CPU milliseconds by stage, beside the floor of the same run."""
    floors: dict[str, float] = {}
    for label, seconds in found.floor.seconds.items():
        stage = STAGE_OF.get(label, label)
        floors[stage] = floors.get(stage, 0.0) + seconds
    calls: dict[str, list[str]] = {}
    for label, count in found.floor.calls.items():
        calls.setdefault(STAGE_OF.get(label, label), []).append(f"{label} × {count}")
    rows = [
        (stage, _ms(found.cost.seconds.get(stage, 0.0)), _ms(floors.get(stage, 0.0)), ", ".join(calls.get(stage, [])))
        for stage in dict.fromkeys([*found.cost.seconds, *floors])
    ]
    rows.append(("all", _ms(found.cost.whole), _ms(found.floor.whole), f"rest {100 * found.overhead_share:.1f} %"))
    note = f"“{BESIDE_STAGES}” is what no stage counts."
    if found.cost.failed:
        note += f" Checks that did not pass (all were computed): {', '.join(found.cost.failed)}."
    return Table(found.title, ("stage", "CPU ms", "floor, CPU ms", "model calls (a batch is one)"), tuple(rows), note)


def glue_table(found: Sequence[Found]) -> Table:
    rows = tuple(
        (
            f.title,
            f"{f.cost.whole:.2f}",
            f"{f.glue['seconds']:.1f}",
            f"{f.glue['face_seconds']:.1f} + {f.glue['speech_seconds']:.1f}",
            f"{f.glue_ratio:.1f}",
            "same" if f.glue["is_same_person"] else "other",
            "heard" if f.glue["is_said"] else "not heard",
        )
        for f in found
        if f.glue and f.glue_ratio
    )
    columns = ("clip", "eye, CPU s", "glue, CPU s", "faces + speech", "ratio", "glue: person", "glue: words")
    return Table("The eye and the glue (scripts/peers/glue.py) on the same clips in one run", columns, rows)


def scaling_table(question: str, rows: Sequence[tuple[str, int, Cost]]) -> Table:
    """`rows`: the clip's name, its bytes and what it costs."""
    stages = list(dict.fromkeys(stage for _, _, cost in rows for stage in cost.seconds))
    cells = tuple(
        (name, f"{size / 1e6:.1f}", f"{cost.whole:.2f}", *(_ms(cost.seconds.get(stage, 0.0)) for stage in stages))
        for name, size, cost in rows
    )
    return Table(f"Cost by {question}", (question, "MB", "CPU s", *(f"{stage}, ms" for stage in stages)), cells)


def scaling_plot(question: str, values: Sequence[float], costs: Sequence[Cost]) -> Plot:
    units = {"length": "length, s", "resolution": "picture, megapixels", "frame rate": "frames a second in the file"}
    stages = list(dict.fromkeys(stage for cost in costs for stage in cost.seconds))
    series = {stage: (values, [cost.seconds.get(stage, 0.0) for cost in costs]) for stage in stages}
    series = {"all": (values, [cost.whole for cost in costs]), **series}
    svg = lines(series, x_label=units.get(question, question), y_label="CPU seconds a clip")
    return Plot(f"Cost by {question}", svg, "The same scene each time; CPU seconds by stage.")


def stages_plot(found: Sequence[Found]) -> Plot:
    stages = list(dict.fromkeys(stage for f in found for stage in f.cost.seconds))
    parts = {stage: [f.cost.seconds.get(stage, 0.0) for f in found] for stage in stages}
    svg = stacked(parts, [f.title for f in found], x_label="CPU seconds")
    return Plot("Where the time goes", svg, "CPU seconds by stage of the eye.")


def memory_plot(memory: Memory) -> Plot:
    series = {"worker and decoder": (list(range(1, len(memory.megabytes) + 1)), memory.megabytes)}
    svg = lines(series, x_label="clips looked at", y_label="resident MB")
    return Plot("Memory over many clips", svg, f"{memory.slope_kilobytes:+.1f} kB a clip after the first fifth.")


def on_console(table: Table) -> ConsoleTable:
    shown = ConsoleTable(*table.columns, title=table.title, caption=table.note or None, title_justify="left")
    for row in table.rows:
        shown.add_row(*row)
    return shown


def as_markdown(table: Table) -> str:
    lines_ = [f"**{table.title}**", "", _row(table.columns), _row(["---"] * len(table.columns))]
    lines_ += [_row(row) for row in table.rows]
    return "\n".join([*lines_, "", table.note, ""] if table.note else [*lines_, ""])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"
