"""The load test as one page that needs nothing else: the verdict, tables, and what happened over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from scripts.evaluation.figures import Plot, Table
from scripts.evaluation.plots import lines
from scripts.loadtest.figures import ACKNOWLEDGE_SECONDS_P95_MAX, DECISION_SECONDS_P95_MAX, PhaseFigures, Spread
from scripts.loadtest.phase import Phase
from scripts.loadtest.plan import Event

BIN_SECONDS = 5.0
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: .6rem 0 1.4rem } th, td { text-align: left; padding: .2rem .9rem .2rem 0 }
th { border-bottom: 1px solid #888 } td { border-bottom: 1px solid #e6e6e6 } svg { max-width: 100%; height: auto }
.ok { color: #00694b } .failed { color: #b03a00 } figure { margin: 1rem 0 } figcaption, .note { color: #555 }
"""


@dataclass(frozen=True)
class Report:
    """What the page says. `reasons`: how many verifications staff see each reason on."""

    capacity: float
    phases: Sequence[Phase]
    faults: Sequence[str]
    reasons: Mapping[str, int]
    machine: str
    note: str


def tables(report: Report) -> list[Table]:
    return [_speed(report.phases), _answers(report.phases), _outcomes(report.phases), _reasons(report.reasons)]


def page(report: Report) -> str:
    verdict = "".join(f"<li class=failed>{escape(fault)}</li>" for fault in report.faults)
    verdict = f"<ul>{verdict}</ul>" if verdict else "<p class=ok>All of K4 held.</p>"
    parts = [f"<h1>Load test</h1><p>{escape(report.machine)}</p>{verdict}<p class=note>{escape(report.note)}</p>"]
    parts += [_table(table) for table in tables(report)]
    for phase in report.phases:
        parts.append(f"<h2>{escape(phase.figures.name)}</h2>")
        parts += [_figure(plot) for plot in plots(phase)]
    body = "".join(parts)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Load test</title><style>{STYLE}</style>{body}</html>"
    )


def plots(phase: Phase) -> list[Plot]:
    """Arrivals and outcomes, the queue, the two waits, and memory, over the phase's time."""
    found = [_rates(phase.events)]
    for kind, limit in (("acknowledge", ACKNOWLEDGE_SECONDS_P95_MAX), ("decision", DECISION_SECONDS_P95_MAX)):
        chosen = [e for e in phase.events if e.kind == kind and e.code in (None, 202)]
        if len(chosen) > 1:
            found.append(_waits(kind, chosen, limit))
    if len(phase.samples) > 1:
        found += [_queue(phase), _memory(phase)]
    return found


def _rates(events: Sequence[Event]) -> Plot:
    kinds = {
        "clips taken (202)": [e.at for e in events if e.kind == "acknowledge" and e.code == 202],
        "clips sent away (429, 503)": [e.at for e in events if e.kind == "acknowledge" and e.code in (429, 503)],
        "clips decided": [e.at for e in events if e.kind == "decision"],
    }
    last = max((at for moments in kinds.values() for at in moments), default=BIN_SECONDS)
    edges = np.arange(0, last + 2 * BIN_SECONDS, BIN_SECONDS)
    middles = edges[:-1] + BIN_SECONDS / 2
    series = {name: (middles, np.histogram(moments, edges)[0] / BIN_SECONDS) for name, moments in kinds.items()}
    svg = lines(series, x_label="seconds", y_label="clips a second")
    return Plot("Clips", svg, f"Clips a second, means over {BIN_SECONDS:g} s.")


def _waits(kind: str, events: Sequence[Event], limit: float) -> Plot:
    by_bin: dict[int, list[float]] = {}
    for event in events:
        by_bin.setdefault(int(event.at / BIN_SECONDS), []).append(event.seconds)
    at = [(index + 0.5) * BIN_SECONDS for index in sorted(by_bin)]
    series = {f"p{q}": (at, [float(np.percentile(by_bin[index], q)) for index in sorted(by_bin)]) for q in (50, 95, 99)}
    what = {"acknowledge": "last byte to 202", "decision": "202 to the outcome"}[kind]
    svg = lines(series, x_label="seconds", y_label=f"{what}, s", heights={f"limit of p95, {limit:g} s": limit})
    return Plot(kind.capitalize(), svg, f"Seconds from {what}, by {BIN_SECONDS:g} s of the phase.")


def _queue(phase: Phase) -> Plot:
    at = [s.at for s in phase.samples]
    series = {
        "waiting": (at, [s.waiting for s in phase.samples]),
        "looked at": (at, [s.working for s in phase.samples]),
    }
    svg = lines(series, x_label="seconds", y_label="clips")
    return Plot(
        "Queue", svg, "Clips that wait and clips in a worker's hands. The watch begins some seconds before the phones."
    )


def _memory(phase: Phase) -> Plot:
    at, kinds = [s.at for s in phase.samples], sorted({kind for s in phase.samples for kind in s.megabytes})
    series = {kind: (at, [s.megabytes.get(kind, 0.0) for s in phase.samples]) for kind in kinds}
    series = {"all": (at, [s.whole for s in phase.samples]), **series}
    svg = lines(series, x_label="seconds", y_label="MB (proportional)")
    return Plot("Memory", svg, "By kind of process; what processes share counts once.")


def _speed(phases: Sequence[Phase]) -> Table:
    columns = ("phase", "offered, clips/s", "decided, clips/s", "taken", "decided", "acknowledge p50 / p95 / p99",
               "decision p50 / p95 / p99", "memory at the end, MB")  # fmt: skip
    rows = tuple(
        (
            f.name,
            f"{f.offered_per_second:.2f}",
            f"{f.clips_per_second:.2f}",
            str(f.acknowledged),
            str(f.decided),
            _milliseconds(f.acknowledge),
            _seconds(f.decision),
            f"{phase.samples[-1].whole:.0f}" if phase.samples else "",
        )
        for phase in phases
        for f in [phase.figures]
    )
    return Table("How fast", columns, rows)


def _answers(phases: Sequence[Phase]) -> Table:
    rows = tuple(
        (f.name, kind, ", ".join(f"{code or 'broken'}: {count}" for code, count in sorted(codes.items())))
        for f in (phase.figures for phase in phases)
        for kind, codes in sorted(f.codes.items())
    )
    return Table("Answers by call and status", ("phase", "call", "answers"), rows)


def _outcomes(phases: Sequence[Phase]) -> Table:
    rows = tuple((f.name, _counts(f.outcomes), _counts(f.beside)) for f in (phase.figures for phase in phases))
    note = (
        "The sentences ask for random digits that no recorded clip says, so that retry and in_review are the right "
        "outcomes; every clip is looked at in full all the same."
    )
    return Table("What phones were told, and what they did", ("phase", "outcomes", "phones"), rows, note)


def _reasons(reasons: Mapping[str, int]) -> Table:
    rows = tuple((reason, str(count)) for reason, count in sorted(reasons.items(), key=lambda item: -item[1]))
    note = "All clips are near-duplicates of a few, and are to be found so: near_duplicate is expected."
    return Table("Verifications by reason, as staff see them", ("reason", "verifications"), rows, note)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _milliseconds(spread: Spread | None) -> str:
    return f"{1e3 * spread.p50:.0f} / {1e3 * spread.p95:.0f} / {1e3 * spread.p99:.0f} ms" if spread else "none"


def _seconds(spread: Spread | None) -> str:
    return f"{spread.p50:.1f} / {spread.p95:.1f} / {spread.p99:.1f} s" if spread else "none"


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(c)}</th>" for c in table.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in table.rows)
    note = f"<p class=note>{escape(table.note)}</p>" if table.note else ""
    return f"<h2>{escape(table.title)}</h2><table><tr>{head}</tr>{rows}</table>{note}"


def _figure(plot: Plot) -> str:
    return f"<figure>{plot.svg}<figcaption><b>{escape(plot.title)}.</b> {escape(plot.caption)}</figcaption></figure>"


def phase_numbers(figures: PhaseFigures) -> dict[str, object]:
    """The same for machines."""
    return {
        "offered_per_second": round(figures.offered_per_second, 3),
        "clips_per_second": round(figures.clips_per_second, 3),
        "acknowledge_seconds": _spread_numbers(figures.acknowledge),
        "decision_seconds": _spread_numbers(figures.decision),
        "errors": figures.errors,
        "busy": figures.busy,
        "outcomes": figures.outcomes,
    }


def _spread_numbers(spread: Spread | None) -> dict[str, float] | None:
    if spread is None:
        return None
    return {
        "count": spread.count,
        "p50": round(spread.p50, 3),
        "p95": round(spread.p95, 3),
        "p99": round(spread.p99, 3),
    }
