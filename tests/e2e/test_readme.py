"""The tour of README.md works as pasted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.town import Town

ROOT = Path(__file__).resolve().parents[2]
TOUR = re.compile(r"<!-- tour: run by tests/e2e/test_readme\.py -->\n```sh\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.slow


def answers_in(text: str) -> list[dict[str, Any]]:
    """The JSON objects in a text that may hold anything between them."""
    found, at = [], 0
    while (at := text.find("{", at)) >= 0:
        try:
            answer, at = json.JSONDecoder().raw_decode(text, at)
        except json.JSONDecodeError:
            at += 1
        else:
            found.append(answer)
    return found


def with_curl(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment, with a stand-in for curl on its PATH where the machine has none."""
    if shutil.which("curl"):
        return dict(environment)
    stand_in = folder / "curl"
    stand_in.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/e2e/curl.py "$@"\n')
    stand_in.chmod(0o755)
    return {**environment, "PATH": f"{folder}:{environment['PATH']}"}


def test_the_tour_with_curl_works_as_pasted(town: Town, tmp_path: Path) -> None:
    tour = TOUR.search((ROOT / "README.md").read_text("utf-8"))
    assert tour
    # Where `make serve` would listen, and where `make setup` would have put the commands.
    here = tour[1].replace("http://127.0.0.1:8000", town.service.url)
    here = here.replace(".venv/bin/", f"{Path(sys.executable).parent}/")

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here],
        cwd=ROOT,
        env=with_curl(town.service.environment, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    answers = answers_in(done.stdout)
    told, assistance = answers[-2:]
    assert (told["status"], told["advice"][0]["code"]) == ("retry", "many_faces"), done.stdout
    assert told["advice"][0]["message"]
    assert {"case_id", "due_by"} <= assistance.keys()
    assert not [a for a in answers if "urn:verify-service:problem" in a.get("type", "")]
