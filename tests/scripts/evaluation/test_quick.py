"""The whole evaluation on a small sample: every part runs, and what it writes has its form. How well the eye sees is not told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scripts.evaluation.parts import ALL
from verify_service.decision.thresholds import SHIPPED

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def out(shared_media: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a quick run over everything wrote, with an empty cache to begin with."""
    folder = tmp_path_factory.mktemp("evaluation")
    words = ["all", "--quick", "--media", str(shared_media), "--out", str(folder), "--cache", str(folder / "cache")]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "scripts/evaluate.py", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(f"the quick run took {time.monotonic() - begun:.0f} s")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def figures(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "figures.json").read_text("utf-8")))


@pytest.mark.slow
def test_the_figures_say_where_they_come_from(figures: dict[str, Any]) -> None:
    assert {"commit", "dirty", "date", "machine", "models", "limits", "data", "seconds"} <= figures.keys()
    assert figures["quick"] is True
    assert set(figures["seconds"]) == set(figures["data"]) == set(ALL)
    assert figures["models"].keys() >= {"face_detector", "face_embedder"}


@pytest.mark.slow
def test_every_part_has_its_numbers(figures: dict[str, Any]) -> None:
    assert figures["parts"] == list(ALL)
    assert all(figures[part] for part in ALL)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["single", "template"])
def test_comparison_says_how_many_are_refused_at_the_two_rates_that_count(figures: dict[str, Any], way: str) -> None:
    told = figures["comparison"][way]

    # Below one impostor comparison in all, a rate of 1e-4 is not told: of the templates of a small sample there are too few.
    assert told["fnmr"].keys() >= ({"1e-3", "1e-4"} if told["impostor"] >= 10_000 else {"1e-3"})
    assert told["genuine"] > 0
    assert told["impostor"] > 1_000


@pytest.mark.slow
def test_no_rate_is_told_without_its_trials_and_its_interval(figures: dict[str, Any]) -> None:
    rates = [node for node in nodes(figures) if "hits" in node]

    assert len(rates) > 20
    for rate in rates:
        assert rate.keys() >= {"hits", "trials", "low", "high"}
        assert 0 <= rate["hits"] <= rate["trials"]
        assert rate["hits"] > 0 or rate["high"] > 0


@pytest.mark.slow
def test_the_report_has_every_section_and_loads_nothing_from_elsewhere(out: Path) -> None:
    page = (out / "report.html").read_text("utf-8")

    assert re.findall(r'<section id="([\w-]+)"', page) == ["summary", *ALL, "limits", "not-measured", "provenance"]
    assert "not measured in this run" not in page
    assert not re.search(r"<(script|link|img|iframe)\b", page)
    assert not re.search(r'(src=|url\(|href=)"?(https?:)?//', page)
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.slow
def test_the_proposal_has_the_limits_of_the_shipped_set(out: Path) -> None:
    proposal = tomllib.loads((out / "thresholds.toml").read_text("utf-8"))

    assert proposal.keys() == tomllib.loads(SHIPPED.read_text("utf-8")).keys()


def nodes(value: Any) -> list[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        return [value, *(node for inner in value.values() for node in nodes(inner))]
    return [node for inner in value for node in nodes(inner)] if isinstance(value, list) else []
