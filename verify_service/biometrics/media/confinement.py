"""What a decoding child may still do once it reads a stranger's bytes: compute, and use the memory that it has.

It holds no descriptor (input and output are mapped before), so reading and writing files, sockets and pipes are not
rules to get right but calls that do not exist for it. A call outside the list kills the process: an exploit gets no second
try, and the parent sees SIGSYS. Opening files is answered with EACCES instead, because honest libraries try it (the C
library looks for the machine's overcommit policy) and live well without.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
from typing import Any, Protocol

from .caps import Caps

# Memory, locks, clocks, the end. Anything that needs a descriptor, a path, a process or a thread is missing on purpose.
ALLOWED = (
    "brk",
    "munmap",
    "mremap",
    "madvise",
    "futex",
    "clock_gettime",
    "gettimeofday",
    "getrandom",
    "sched_getaffinity",
    "rt_sigreturn",
    "exit",
    "exit_group",
)
# Allowed unless the memory shall hold code.
ALLOWED_WITHOUT_EXECUTE = ("mmap", "mprotect")
PROTECTION_ARGUMENT, PROT_EXEC = 2, 4
REFUSED = ("open", "openat", "stat", "newfstatat", "statx", "access", "readlink")

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


class Filter(Protocol):
    def load(self) -> None: ...


class SeccompMissing(Exception):
    """This machine has no libseccomp, or its kernel no seccomp."""


def build_filter() -> Filter:
    """The filter, ready to be loaded after a fork. Raises SeccompMissing."""
    try:
        import pyseccomp  # not at the top: importing it raises where the C library is missing
    except (ImportError, OSError, RuntimeError) as error:
        raise SeccompMissing(str(error)) from error
    try:
        return _filter(pyseccomp)
    except OSError as error:
        raise SeccompMissing(str(error)) from error


def _filter(seccomp: Any) -> Filter:
    calls = seccomp.SyscallFilter(seccomp.KILL_PROCESS)
    for name in ALLOWED:
        calls.add_rule(seccomp.ALLOW, name)
    without_execute = seccomp.Arg(PROTECTION_ARGUMENT, seccomp.MASKED_EQ, PROT_EXEC, 0)
    for name in ALLOWED_WITHOUT_EXECUTE:
        calls.add_rule(seccomp.ALLOW, name, without_execute)
    for name in REFUSED:
        calls.add_rule(seccomp.ERRNO(errno.EACCES), name)
    return calls  # type: ignore[no-any-return]


def confine(caps: Caps, calls: Filter | None) -> None:
    """Take everything away from this process, for good. Called once, after the fork and before the first foreign byte."""
    _die_with_parent()
    # The kernel's own alarm clock: it rings even where the process waits and burns no CPU, and nobody is left to watch.
    signal.setitimer(signal.ITIMER_REAL, caps.wall_seconds_max)
    for limit, value in _limits(caps).items():
        resource.setrlimit(limit, (value, value))
    # Not on the soft limit alone: SIGXCPU could be caught, the hard limit's SIGKILL cannot.
    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_seconds_max, caps.cpu_seconds_max + 1))
    os.closerange(0, 1024)
    if calls is not None:
        calls.load()


def _limits(caps: Caps) -> dict[int, int]:
    return {
        resource.RLIMIT_AS: mapped_bytes() + caps.memory_bytes_max,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,  # a core file would hold the person's face
    }


def mapped_bytes() -> int:
    """This process's address space."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _die_with_parent() -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
