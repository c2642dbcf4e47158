"""Runs the peer of `scripts/peers/glue.py` on a measured clip, in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.speed.clips import Measured

ROOT = Path(__file__).resolve().parents[2]
NEEDS = ("face_recognition", "faster_whisper")


class GlueFailed(Exception):
    """The peer did not run to its end."""

    def __init__(self, said: str) -> None:
        super().__init__(f"scripts/peers/glue.py failed: {said.strip()[-500:]}")


def missing() -> tuple[str, ...]:
    """What the peer needs and this environment lacks (requirements/baseline.lock has it)."""
    return tuple(name for name in NEEDS if importlib.util.find_spec(name) is None)


def run_glue(measured: Measured, times: int) -> dict[str, Any]:
    """What the peer prints; `seconds` are its CPU seconds for the clip, models loaded. Raises GlueFailed."""
    asked = measured.challenge
    with tempfile.TemporaryDirectory() as folder:
        clip, picture = Path(folder) / "clip.mp4", Path(folder) / "reference.jpg"
        clip.write_bytes(measured.content)
        picture.write_bytes(measured.reference)
        command = [sys.executable, str(ROOT / "scripts" / "peers" / "glue.py"), str(clip), str(picture)]
        command += ["--digits", asked.digits or "", "--sentence", asked.sentence or "", "--times", str(times)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GlueFailed(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
