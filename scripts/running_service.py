"""A service of one's own for a while: its own folder, its own empty database, a free port; stopped at the end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
COMMAND = str(Path(sys.executable).parent / "verify-service")
STOP_SECONDS_MAX = 40


class NotReady(Exception):
    """The service ended before it was ready."""

    def __init__(self, log: Path) -> None:
        last = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-15:])
        super().__init__(f"the service did not become ready; the end of {log}:\n{last}")


@dataclass(frozen=True)
class Service:
    """A running service: where it answers, and how commands reach the same one."""

    url: str
    process: subprocess.Popen[str]
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A `verify-service` command with this service's settings."""
        return subprocess.run(
            [COMMAND, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def token(self, *arguments: str) -> str:
        """The token that an admin command prints."""
        done = self.run("admin", *arguments)
        if done.returncode:
            raise RuntimeError(f"verify-service admin {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip().splitlines()[-1]


@contextmanager
def running_service(folder: Path, **settings: str) -> Iterator[Service]:
    """Start `verify-service serve` in `folder` and wait until it is ready. Raises NotReady."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("VERIFY_") or k == "VERIFY_MEDIA"},
        "VERIFY_VAR_DIR": str(folder),
        "VERIFY_PORT": "0",
        **{f"VERIFY_{name.upper()}": value for name, value in settings.items()},
    }
    log = folder / "service.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [COMMAND, "serve"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            yield Service(_ready_url(process, log), process, environment)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()


def _ready_url(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.match(r"ready (\S+)", line)
        if found:
            threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
            return found.group(1)
    raise NotReady(log)


def _drain(stream: IO[str]) -> None:
    # A full pipe would stop the service.
    for _ in stream:
        pass
