"""`make demo` tells its four stories, on this machine, now."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("cast")  # skips where the demo's media are absent
def test_the_demo_ends_with_the_four_stories_as_they_must_be() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/demo.py"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "demo": "ok",
        "stories": {"a": "confirmed", "b": "in_review", "c": "retry", "d": "in_review"},
    }
    assert "self-reference: says nothing about matching" in done.stdout
    assert "X-Demo" in done.stdout
