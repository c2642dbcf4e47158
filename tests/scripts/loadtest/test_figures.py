from __future__ import annotations

import pytest

from scripts.loadtest.figures import PhaseFigures, faults, memory_growth, phase_figures, spread, throughput
from scripts.loadtest.plan import Event
from scripts.loadtest.watch import Sample

FINE = [
    Event(1.0, "open", 0.1, 201),
    *[Event(2.0, "acknowledge", 0.1, 202)] * 20,
    *[Event(4.0, "decision", 2.0, outcome="retry")] * 20,
]


def figures(*events: Event) -> PhaseFigures:
    return phase_figures("phase", [*FINE, *events], [0.0], seconds=10.0)


def test_percentiles_of_nothing_are_not_zero() -> None:
    assert spread([]) is None


def test_percentiles_lie_where_they_should() -> None:
    found = spread([float(n) for n in range(101)])

    assert found is not None
    assert (found.count, found.p50, found.p95, found.p99) == (101, 50.0, 95.0, 99.0)


def test_throughput_counts_the_steps_between_the_first_and_the_last() -> None:
    assert throughput([10.0, 12.0, 14.0]) == pytest.approx(0.5)
    assert throughput([10.0]) == 0.0


def test_a_phase_without_fault_has_none() -> None:
    assert faults(figures(), figures()) == []


def test_being_sent_away_is_no_fault_under_overload_but_one_at_the_sustained_rate() -> None:
    busy = figures(Event(3.0, "acknowledge", 0.01, 503), Event(3.0, "open", 0.01, 429))

    assert faults(figures(), busy) == []
    assert len(faults(busy, figures())) == 2


@pytest.mark.parametrize("code", [0, 409, 500, 502])
def test_any_other_answer_is_a_fault(code: int) -> None:
    assert faults(figures(), figures(Event(3.0, "acknowledge", 0.1, code))) == [f"phase: 1 × acknowledge {code}"]


def test_slow_answers_are_faults() -> None:
    slow = figures(*[Event(5.0, "acknowledge", 0.31, 202)] * 99, *[Event(5.0, "decision", 31.0)] * 99)

    assert len(faults(slow, figures())) == 2


def test_where_nothing_was_measured_nothing_holds() -> None:
    nothing = phase_figures("nothing", [], [], seconds=10.0)

    assert len(faults(nothing, nothing)) == 3


def test_of_too_few_no_percentile_is_claimed() -> None:
    few = phase_figures("few", [Event(2.0, "acknowledge", 0.1, 202), Event(4.0, "decision", 2.0)], [0.0], seconds=10.0)

    assert faults(few, few) == [
        "acknowledge: 1 measured, too few for a 95th percentile",
        "decision: 1 measured, too few for a 95th percentile",
    ]


def test_memory_growth_compares_the_end_with_the_middle() -> None:
    flat = [Sample(float(n), {"worker": 100.0, "api": 50.0}, 0, 0, 0.5) for n in range(40)]
    grown = [Sample(float(n), {"worker": 100.0 + 5 * n}, 0, 0, 0.5) for n in range(40)]

    assert memory_growth(flat) == 0.0
    assert memory_growth(grown) > 0.3
