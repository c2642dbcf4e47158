from __future__ import annotations

from pathlib import Path

from scripts.loadtest.plan import Event, Plan, Visitor, read_events, write_events

PLAN = Plan(
    url="http://127.0.0.1:1",
    token="a token",
    moments=[0.0, 1.5],
    visitors=[Visitor("440304193601011004", "陈国国", "old-age-allowance", "demo")],
    clips={"demo": "demo.mp4"},
    events="events.ndjson",
    patience_seconds=5.0,
    speeds=[256_000],
    abandon_share=0.1,
    torn_share=0.1,
    repeat_share=0.1,
    seed=1,
)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    PLAN.write(tmp_path / "plan.json")

    assert Plan.read(tmp_path / "plan.json") == PLAN


def test_events_are_read_as_they_were_written(tmp_path: Path) -> None:
    events = [Event(1.0, "acknowledge", 0.05, 202), Event(2.0, "decision", 1.0, outcome="retry")]

    write_events(events, tmp_path / "events.ndjson")

    assert read_events(tmp_path / "events.ndjson") == events
