"""A phase with a real locust and real phones, against a service that answers as it is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.loadtest.phase import LocustFailed, run_phase, visitors_needed
from scripts.loadtest.plan import Plan, Visitor
from tests.scripts.loadtest.conftest import Service

VISITORS = [Visitor("440304193601011004", "陈国国", "old-age-allowance", "demo")] * 6


def plan_of(service: Service, clip: Path, folder: Path) -> Plan:
    moments, events = [0.1 * n for n in range(6)], str(folder / "events.ndjson")
    return Plan(
        service.url,
        "the app's",
        moments,
        VISITORS,
        {"demo": str(clip)},
        events,
        5.0,
        [2_000_000],
        0.0,
        0.0,
        0.0,
        seed=1,
    )


def test_every_phone_of_the_plan_comes_and_what_it_learnt_is_counted(
    service: Service, demo_media: Callable[[str], Path], tmp_path: Path
) -> None:
    service.answers["PUT"] = [(202, {}), (503, {}), (202, {})]

    phase = run_phase("smoke", plan_of(service, demo_media("media_talking_man"), tmp_path), 1.0, tmp_path, os.getpid())

    figures = phase.figures
    assert figures.arrived == 6
    assert figures.acknowledged == figures.decided == 6
    assert figures.busy == {"acknowledge 503": 1}
    assert figures.errors == {}
    assert figures.outcomes == {"retry": 6}
    # Whoever is asked to try again comes back in a new one's place.
    assert figures.codes["open"][201] + figures.codes.get("challenge", {}).get(201, 0) == 6
    assert phase.samples[0].waiting == 3


def test_phones_that_cannot_start_are_a_failure_and_not_an_empty_phase(service: Service, tmp_path: Path) -> None:
    with pytest.raises(LocustFailed):
        run_phase("smoke", plan_of(service, tmp_path / "no such clip", tmp_path), 1.0, tmp_path, os.getpid())


def test_each_resident_serves_for_two_visits() -> None:
    assert 2 * visitors_needed([100.0, 50.0]) >= 150
