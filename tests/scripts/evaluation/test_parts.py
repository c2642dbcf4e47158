from __future__ import annotations

import dataclasses

import pytest

from scripts.evaluation.parts import ALL, PARTS, Part, PartMissing
from scripts.evaluation.setting import Setting


def test_all_means_every_part_but_a_districts_own() -> None:
    assert set(ALL) == PARTS.keys() - {"own"}


def test_a_part_that_is_not_there_says_which_file_it_lacks(setting: Setting) -> None:
    part = Part("telepathy", "Telepathy", "What does the resident think?")

    with pytest.raises(PartMissing, match=r"scripts/evaluation/telepathy\.py"):
        part.measure(setting)


def test_the_key_of_a_part_covers_what_it_imports_through_other_modules() -> None:
    from scripts.evaluation.parts import ROOT, _reached

    reached = {path.relative_to(ROOT).as_posix() for path in _reached(PARTS["own"].path)}

    assert "scripts/evaluation/own_rates.py" in reached
    assert "verify_service/biometrics/face/detector.py" in reached  # by way of the pipeline
    assert "scripts/evaluation/report.py" not in reached  # how figures are told does not change them


def test_two_parts_depend_on_different_sources() -> None:
    other = dataclasses.replace(PARTS["own"], name="cache")

    assert PARTS["own"].sources_sha256 == PARTS["own"].sources_sha256 != other.sources_sha256
