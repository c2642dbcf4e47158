from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts.evaluation.provenance import Stopwatch, provenance
from verify_service.biometrics.inference.manifest import Manifest

AT = "2026-11-25T02:00:00+00:00"


def test_figures_name_the_commit_the_machine_and_the_models(tmp_path: Path, manifest: Manifest) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Begin"], check=True)

    clean = provenance(tmp_path, manifest, AT)
    (tmp_path / "changed.py").write_text("1")

    assert len(clean.commit) == 40
    assert not clean.dirty
    assert provenance(tmp_path, manifest, AT).dirty
    assert clean.cores >= 1
    assert clean.cpu
    assert clean.models["face_detector"] == manifest.asset("face_detector").sha256


def test_without_git_the_commit_is_unknown(tmp_path: Path, manifest: Manifest) -> None:
    assert provenance(tmp_path / "nowhere", manifest, AT).commit == "unknown"


def test_the_cpu_seconds_hold_those_of_children() -> None:
    stopwatch = Stopwatch()

    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"], check=True)

    assert stopwatch.seconds["cpu"] >= 0.4
