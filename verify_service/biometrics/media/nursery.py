"""The process that bears decoding children: `python -I -m verify_service.biometrics.media.nursery FD`.

It imports everything once, then forks a fresh child for each file. So every file meets a process that has seen no
other file (a child taken over by one person's clip never sees the next person's), yet pays a fork, not the 0.3 CPU
seconds of importing numpy and FFmpeg. The nursery itself never reads a byte of a file: it hands descriptors on.
It runs in one thread, which is what makes forking safe.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import av.logging

from .confinement import Filter, SeccompMissing, build_filter, confine
from .handlers import HANDLERS, Handler, carry_out
from .jobs import ANSWERED, OUT_OF_MEMORY, RAISED, Job
from .warming import warm_up
from .wire import Writer

MESSAGE_BYTES_MAX = 4096


def main() -> None:
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control, HANDLERS)


def serve(control: socket.socket, handlers: Mapping[str, Handler]) -> None:
    """Say whether children can be confined, then answer jobs until the parent is gone."""
    av.logging.set_level(None)  # a line about a hostile file, printed by a confined child, would kill it
    warm_up()
    gc.freeze()  # else each child's collector walks, and so copies, all that the nursery ever imported
    calls, why_not = _tried_filter()
    control.send(json.dumps({"seccomp_missing": why_not}).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES_MAX, 2)
        if not message:
            return
        try:
            report = _bear(Job.from_json(message), descriptors, handlers, calls)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        control.send(json.dumps(report).encode())


def _tried_filter() -> tuple[Filter | None, str | None]:
    """The filter, after a child has lived and died under it; or why there is none."""
    try:
        calls = build_filter()
    except SeccompMissing as error:
        return None, str(error)
    child = os.fork()
    if child == 0:
        calls.load()
        os._exit(ANSWERED)
    _, status = os.waitpid(child, 0)
    return (calls, None) if status == 0 else (None, "the kernel does not take the filter")


def _bear(job: Job, descriptors: list[int], handlers: Mapping[str, Handler], calls: Filter | None) -> dict[str, Any]:
    child = os.fork()
    if child == 0:
        _live(job, descriptors, handlers, calls)
    _, status, usage = os.wait4(child, 0)
    return {
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_rss_bytes": usage.ru_maxrss * 1024,
    }


def _live(job: Job, descriptors: list[int], handlers: Mapping[str, Handler], calls: Filter | None) -> NoReturn:
    """A child's whole life. It ends in `_exit`: nothing of the nursery's is to be flushed, closed or run at exit."""
    try:
        source, target = descriptors
        content = os.pread(source, os.fstat(source).st_size, 0)
        block = memoryview(mmap.mmap(target, job.layout.size))
        confine(job.caps, calls)
        carry_out(handlers, content, job, Writer(block, job.layout))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException:
        os._exit(RAISED)
    os._exit(ANSWERED)


if __name__ == "__main__":
    # Ctrl-C is for the parent, which then closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
