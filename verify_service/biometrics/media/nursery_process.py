"""Start, ask and stop the nursery: the parent's end of the control socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from .errors import SandboxUnavailable
from .jobs import Job

NURSERY = ("-m", "verify_service.biometrics.media.nursery")
START_SECONDS_MAX = 60.0  # a cold disk under load; 0.4 s is usual
GRACE_SECONDS = 5.0  # the child's own alarm rings first
MESSAGE_BYTES_MAX = 4096
# Everything that the nursery sees of our environment: no key, no token, no address. One thread for numpy's BLAS,
# because a process with threads must not fork.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}


class NurseryDied(Exception):
    """The nursery is gone, and with it whatever child it had."""


@dataclass(frozen=True)
class Report:
    """How a child ended (exit code or signal) and what it used."""

    exit: int | None
    signal: int | None
    cpu_seconds: float
    peak_rss_bytes: int


class NurseryProcess:
    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, seccomp_missing: str | None) -> None:
        self._process, self._control = process, control
        self.seccomp_missing = seccomp_missing

    @classmethod
    def start(cls, program: Sequence[str]) -> NurseryProcess:
        """Start the program and wait for its first word. Raises SandboxUnavailable."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # -I: neither the working folder nor PYTHON* variables can slip code in. A session of its own, so that it
            # can be killed together with its child.
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-I", *program, str(theirs.fileno())],
                env=ENVIRONMENT,
                cwd="/",
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        nursery = cls(process, ours, None)
        try:
            nursery.seccomp_missing = json.loads(nursery._receive(START_SECONDS_MAX))["seccomp_missing"]
        except (NurseryDied, TimeoutError) as error:
            nursery.stop()
            raise SandboxUnavailable("the decoding process does not start") from error
        return nursery

    def run(self, job: Job, source: int, target: int) -> Report:
        """Have one child carry out the job on two descriptors. Raises TimeoutError or NurseryDied."""
        try:
            socket.send_fds(self._control, [job.to_json()], [source, target])
        except OSError as error:
            raise NurseryDied from error
        return Report(**json.loads(self._receive(job.caps.wall_seconds_max + GRACE_SECONDS)))

    def stop(self) -> None:
        """Kill the nursery and its child, and wait until both are gone."""
        self._control.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _receive(self, seconds: float) -> bytes:
        self._control.settimeout(seconds)
        try:
            message = self._control.recv(MESSAGE_BYTES_MAX)
        except TimeoutError:
            raise
        except OSError as error:
            raise NurseryDied from error
        if not message:
            raise NurseryDied
        return message
