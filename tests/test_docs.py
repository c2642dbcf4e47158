"""The documents say what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_lists_of_problems_advice_reasons_and_settings_are_the_codes_own() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_every_module_that_the_walk_of_a_clip_names_exists() -> None:
    named = re.findall(r"`(verify_service/[\w/]+\.py)`", (ROOT / "docs" / "walk-of-a-clip.md").read_text("utf-8"))

    assert len(named) > 30
    assert [module for module in named if not (ROOT / module).is_file()] == []


def test_every_test_and_module_that_a_decision_names_exists() -> None:
    for page in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        for path in re.findall(r"`((?:tests|verify_service|docs)/[\w/.-]+\.\w+)", page.read_text("utf-8")):
            assert (ROOT / path).is_file(), f"{page.name} names {path}"


def test_every_decision_has_its_parts() -> None:
    for page in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = page.read_text("utf-8")
        assert re.match(r"# \d{4} ", text), page.name
        assert all(part in text for part in ("**Context.**", "**Decision.**", "**Price.**", "**Alternatives.**")), (
            page.name
        )
