"""Where figures come from: commit, machine, models. Read from the system once a run."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from verify_service.biometrics.inference.manifest import Manifest


@dataclass(frozen=True)
class Provenance:
    """`dirty`: the checkout holds changes that no commit has. `models` are sha256 by role. `at` is ISO 8601 in UTC."""

    commit: str
    dirty: bool
    at: str
    cpu: str
    cores: int
    models: dict[str, str]


def provenance(root: Path, manifest: Manifest, at: str) -> Provenance:
    models = {asset.role: asset.sha256 for asset in manifest if asset.kind == "model"}
    return Provenance(
        commit=_git(root, "rev-parse", "HEAD") or "unknown",
        dirty=bool(_git(root, "status", "--porcelain")),
        at=at,
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        models=dict(sorted(models.items())),
    )


class Stopwatch:
    """Seconds since it was made: of the wall clock, and of the CPUs in this process and its ended children."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), _cpu_seconds()

    @property
    def seconds(self) -> dict[str, float]:
        return {"wall": round(time.monotonic() - self._wall, 1), "cpu": round(_cpu_seconds() - self._cpu, 1)}


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(root: Path, *words: str) -> str:
    """What git says; nothing in a checkout without git, such as a container's."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
