from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.evaluation.figures import Figures
from scripts.evaluation.kept import Found, keep, kept

SECONDS = {"wall": 1.0, "cpu": 2.0}


def test_a_parts_figures_are_found_again_with_all_that_belongs_to_them(tmp_path: Path, figures: Figures) -> None:
    keep(tmp_path, Found(figures, "key", "2026-11-25T01:00:00+00:00", SECONDS))

    found = kept(tmp_path, {"speech": "key"})["speech"]

    assert found.figures.tables == figures.tables
    assert found.figures.plots == figures.plots
    assert found.figures.proposals == figures.proposals
    assert found.figures.goals == figures.goals
    assert found.figures.data == figures.data
    assert found.figures.numbers["right"]["hits"] == 99
    assert found.figures.numbers["by_noise"]["5"] == {"hits": 0, "trials": 150, "value": 0.0, "low": 0.0, "high": 0.02}
    assert (found.at, found.seconds) == ("2026-11-25T01:00:00+00:00", SECONDS)


def test_figures_of_another_model_or_code_are_left_out(tmp_path: Path, figures: Figures) -> None:
    keep(tmp_path, Found(figures, "old key", "2026-11-25T01:00:00+00:00", SECONDS))

    assert kept(tmp_path, {"speech": "new key"}) == {}


def test_parts_come_in_the_reports_order_whatever_was_measured_first(tmp_path: Path, figures: Figures) -> None:
    for name in ("quality", "comparison", "speech"):
        keep(tmp_path, Found(replace(figures, part=name), "key", "2026-11-25T01:00:00+00:00", SECONDS))

    assert list(kept(tmp_path, dict.fromkeys(("speech", "quality", "comparison"), "key"))) == [
        "comparison",
        "speech",
        "quality",
    ]


@pytest.mark.parametrize("number", [math.nan, math.inf, object()])
def test_a_number_that_is_none_is_not_kept(tmp_path: Path, figures: Figures, number: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        keep(tmp_path, Found(replace(figures, numbers={"fnmr": number}), "key", "2026-11-25T01:00:00+00:00", SECONDS))

    assert kept(tmp_path, {"speech": "key"}) == {}
