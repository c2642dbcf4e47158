from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_short_run_tells_cost_and_overhead_of_the_demo_clip_in_its_last_line(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "scripts/bench.py",
        "--only",
        "demo",
        "--no-glue",
        "--times",
        "1",
        "--out",
        str(tmp_path),
    ]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)

    told = json.loads(done.stdout.splitlines()[-1])
    assert told.keys() == {"demo_cpu_seconds", "glue_ratio", "overhead_share"}
    assert 0.1 < told["demo_cpu_seconds"] < 60
    assert told["glue_ratio"] is None
    # Replayed bare, the same work cannot cost much more than within the eye; measured apart, it may come out a little dearer.
    assert -0.2 < told["overhead_share"] < 0.6
    kept = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert kept["demo"]["failed_checks"] == []
    assert sum(kept["demo"]["stages"].values()) == kept["demo"]["cpu_seconds"]
