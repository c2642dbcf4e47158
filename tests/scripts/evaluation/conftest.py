from __future__ import annotations

import io
from pathlib import Path

import pytest

from scripts.evaluation.cache import Cache
from scripts.evaluation.crew import Tools
from scripts.evaluation.figures import Figures, Goal, Plot, Proposal, Table
from scripts.evaluation.progress import progress_for
from scripts.evaluation.setting import Setting
from scripts.evaluation.trials import Library
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.decision.thresholds import load_thresholds
from verify_service.evaluation.intervals import Rate


@pytest.fixture
def setting(tmp_path: Path, manifest: Manifest) -> Setting:
    """A setting without media: for tests that measure nothing."""
    return Setting(tmp_path, manifest, load_thresholds().limits, Cache(tmp_path / "cache"), progress_for(io.StringIO()))


@pytest.fixture
def figures() -> Figures:
    """What a part hands over, with one of each kind; its table holds what HTML would take for a tag."""
    return Figures(
        part="speech",
        numbers={"right": Rate.of(99, 100), "by_noise": {"5": Rate.of(0, 150)}},
        tables=[Table("Digits", ("noise", "heard"), (("< 5 dB & less", "99 of 100"),), "Synthetic voices.")],
        plots=[Plot("Heard by noise", '<svg><g id="axes_1"><use href="#axes_1"/></g></svg>', "Falls below 5 dB.")],
        proposals=[Proposal("digits_margin_min", -1.5, "own", "digits/", "150 trials", "≤ 2.0 %")],
        data={"digits": {"clips": 24, "sha256": "ab" * 32}},
        goals=[
            Goal("Right digits heard", "≥ 95 %", "99 of 100", True),
            Goal("Wrong digits heard", "≤ 0.1 %", "0 of 9", None),
        ],
    )


@pytest.fixture(scope="session")
def tools(manifest: Manifest, shared_media: Path, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """As a process of the crew has them, with a cache of the test run's own."""
    cache = Cache(tmp_path_factory.mktemp("evaluation"))
    return Tools(shared_media, manifest, load_thresholds().limits, cache, 20261125)


@pytest.fixture(scope="session")
def library(tools: Tools) -> Library:
    return Library(tools)
