"""A process that the supervisor keeps alive: started, watched, started again with back-off, ended."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1  # prctl(2)
# The exit code of a process that must not be started again before a person has mended something (sysexits.h, EX_CONFIG).
REFUSED = 78
BACK_OFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def die_with_parent() -> None:
    """Between fork and exec: the kernel kills this process when its parent is gone, however that came.

    Killed and not asked to stop: nothing acknowledged is lost (its job is rescued), and the next start must find the
    port and the database free.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def reporter(report_fd: int | None) -> Callable[[str], None]:
    """Write lines to a pipe of the supervisor; without one, to nobody."""

    def report(line: str) -> None:
        if report_fd is not None:
            os.write(report_fd, f"{line}\n".encode())

    return report


@dataclass
class Child:
    """One process of `verify-service <arguments>`. It may report lines through a pipe, whose number it is given."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    is_ready: bool = False
    worker_id: int | None = None
    _reports: int | None = None
    _failures: int = 0
    _start_at: float = field(default=0.0)

    @property
    def is_running(self) -> bool:
        return self.process is not None

    def start_if_due(self, now: float) -> bool:
        """Start the process if it is not running and its pause is over. Returns whether it was started."""
        if self.process is not None or now < self._start_at:
            return False
        self._reports, reporting = os.pipe()
        os.set_blocking(self._reports, False)
        command = [sys.executable, "-m", "verify_service", *self.arguments, "--report-fd", str(reporting)]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                pass_fds=(*self.pass_fds, reporting),
                preexec_fn=die_with_parent,
                process_group=0,  # a Ctrl-C at the terminal is for the supervisor, which stops the others in order
            )
        finally:
            os.close(reporting)
        self.is_ready, self.worker_id = False, None
        return True

    def hear(self) -> None:
        """Take in what the process reported: "ready", or "ready <worker id>"."""
        if self._reports is None:
            return
        try:
            words = os.read(self._reports, 4096).decode().split()
        except BlockingIOError:
            return
        if words[:1] == ["ready"]:
            self.is_ready, self._failures = True, 0
            self.worker_id = int(words[1]) if len(words) > 1 else None

    def reap(self, now: float) -> int | None:
        """The exit code of a process that has ended (negative: the signal), once; None while it runs."""
        if self.process is None or self.process.poll() is None:
            return None
        self.hear()  # it may have said its last word just before
        code = self.process.returncode
        pause = 0.0 if self.is_ready else BACK_OFF_SECONDS[min(self._failures, len(BACK_OFF_SECONDS) - 1)]
        self._failures += not self.is_ready
        self._start_at = now + pause
        self.process, self.is_ready = None, False
        self._close()
        return code

    def end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)

    def wait_until(self, moment: float) -> bool:
        """Wait for the end at most until `moment` (monotonic). Returns whether it has come."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.0, moment - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
        return True

    def _close(self) -> None:
        if self._reports is not None:
            os.close(self._reports)
            self._reports = None
