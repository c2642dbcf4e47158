from __future__ import annotations

from scripts.loadtest.figures import phase_figures
from scripts.loadtest.phase import Phase
from scripts.loadtest.plan import Event
from scripts.loadtest.report import Report, page
from scripts.loadtest.watch import Sample

EVENTS = [
    Event(1.0 + n, kind, 0.1, code, outcome)
    for n in range(9)
    for kind, code, outcome in (("acknowledge", 202, ""), ("decision", None, "retry"), ("acknowledge", 503, ""))
]
SAMPLES = [Sample(float(n), {"worker": 400.0, "api": 90.0}, n, 2, 0.9) for n in range(9)]
PHASE = Phase(phase_figures("overload", EVENTS, [0.0], 10.0), EVENTS, SAMPLES)


def report(*faults: str) -> Report:
    return Report(1.5, [PHASE], list(faults), {"wrong_words": 9}, "2 cores", "shared")


def test_the_page_needs_nothing_else_and_shows_each_curve() -> None:
    content = page(report())

    assert content.count("<svg") == 5
    # Names of XML's own vocabularies are addresses that nobody fetches.
    assert "src=" not in content
    assert "<script" not in content
    assert "<link" not in content
    for title in ("Clips.", "Acknowledge.", "Decision.", "Queue.", "Memory."):
        assert f"<b>{title}</b>" in content


def test_what_does_not_hold_stands_at_the_top() -> None:
    assert "All of K4 held" in page(report())
    assert "All of K4 held" not in page(report("p95 <too> slow"))
    assert "p95 &lt;too&gt; slow" in page(report("p95 <too> slow"))
