from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from pathlib import Path

import pytest

from verify_service.biometrics.limits import Limits
from verify_service.decision.thresholds import SHIPPED, ThresholdsInvalid, load_thresholds

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures.json"


def test_every_limit_that_is_no_rule_rests_on_the_adopted_run_with_counts_and_a_bound() -> None:
    """A limit that no data could settle says so ("none: a rule, …"); every other one names the run that measured it."""
    adopted = hashlib.sha256(FIGURES.read_bytes()).hexdigest()
    measured = {name: t for name, t in load_thresholds().thresholds.items() if not t.data.startswith("none: a rule")}

    assert [name for name, t in measured.items() if not (t.counts and t.bound)] == []
    assert {name: t.figures for name, t in measured.items() if t.figures != adopted} == {}
    assert [name for name, t in measured.items() if t.provisional] == []


def test_the_adopted_run_was_measured_with_the_values_that_are_shipped() -> None:
    adopted = json.loads(FIGURES.read_text("utf-8"))

    assert adopted["limits"] == load_thresholds().values
    assert not adopted["quick"]


def test_every_limit_of_the_eye_has_a_value_an_origin_data_and_a_date() -> None:
    loaded = load_thresholds()

    assert set(loaded.thresholds) == {f.name for f in fields(Limits)}
    assert all(t.origin and t.data and t.date for t in loaded.thresholds.values())


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    changed = tmp_path / "thresholds.toml"
    limit = "[comparison_similarity_min]\nvalue = "
    changed.write_text(SHIPPED.read_text("utf-8").replace(f"{limit}0.5\n", f"{limit}0.47\n"), "utf-8")

    assert load_thresholds(changed).version != load_thresholds().version
    assert load_thresholds(changed).limits.comparison_similarity_min == 0.47


def test_a_limit_without_origin_is_refused(tmp_path: Path) -> None:
    changed = tmp_path / "thresholds.toml"
    text = SHIPPED.read_text("utf-8")
    first_origin = next(line for line in text.splitlines() if line.startswith("origin"))
    changed.write_text(text.replace(first_origin, 'origin = ""'), "utf-8")

    with pytest.raises(ThresholdsInvalid, match="no origin"):
        load_thresholds(changed)


def test_a_missing_and_an_unknown_limit_are_named(tmp_path: Path) -> None:
    changed = tmp_path / "thresholds.toml"
    changed.write_text(SHIPPED.read_text("utf-8").replace("[clip_seconds_min]", "[clip_seconds_minimum]"), "utf-8")

    with pytest.raises(ThresholdsInvalid, match=r"missing \['clip_seconds_min'\], unknown \['clip_seconds_minimum'\]"):
        load_thresholds(changed)
