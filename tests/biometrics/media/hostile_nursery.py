"""A nursery whose children are already taken over: instead of decoding, each does what its file's text says.

Run by test_confinement.py in the place of the real nursery, from the same entry and under the same confinement; only the handlers
differ. That a child reaches its deed at all is shown by the harmless one, `answer`.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping

import numpy as np

from verify_service.biometrics.media.facts import ClipFacts
from verify_service.biometrics.media.jobs import Job
from verify_service.biometrics.media.nursery import serve
from verify_service.biometrics.media.wire import HEADER, Writer

LIBC = ctypes.CDLL(None)
EXECUTABLE = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
NURSERY_PID = os.getpid()
OPENAT = 257 if platform.machine() == "x86_64" else 56


def answer(writer: Writer) -> None:
    writer.frame(0.0, np.zeros((4, 4, 3), np.uint8))
    writer.answer(ClipFacts(2.0, "mp4", "h264", None, 4, 4, 1))


def tell_environment(writer: Writer) -> None:
    """As many decoded frames as there are variables that the test's parent did set and a child has no business to know."""
    known = sum("VERIFY" in name for name in os.environ)
    writer.answer(ClipFacts(2.0, "mp4", "h264", None, 4, 4, known))


def read_a_file(writer: Writer) -> None:
    try:
        open("/etc/passwd", "rb").close()
    except PermissionError:
        answer(writer)  # refused, and still alive


def burn() -> None:
    while True:
        pass


def wait_forever() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def hoard() -> None:
    hoarded = []
    while True:
        hoarded.append(bytearray(16 * 1024 * 1024))


def shake_off_the_alarm() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)


def lie_about_frames(writer: Writer) -> None:
    answer(writer)
    struct.pack_into("<I", writer._block, 12, 2**31)


def send_words_that_are_no_sound(writer: Writer) -> None:
    writer.sound(0.0, np.array([0.0, np.nan, np.inf], np.float32))
    answer(writer)


def write_garbage(writer: Writer) -> None:
    writer._block[: HEADER.size] = os.urandom(HEADER.size)


DEEDS: Mapping[str, Callable[[Writer], object]] = {
    "answer": answer,
    "environment": tell_environment,
    "read a file": read_a_file,
    "raw openat": lambda _: LIBC.syscall(OPENAT, -100, b"/etc/passwd", 0) < 0 or os._exit(0),
    "socket": lambda _: socket.socket(),
    "exec": lambda _: os.execv("/bin/true", ["true"]),
    "fork": lambda _: os.fork(),
    "thread": lambda _: threading.Thread(target=answer).start(),
    "write": lambda _: os.write(1, b"x"),
    "read": lambda _: os.read(0, 1),
    "memfd": lambda _: os.memfd_create("more"),
    "executable memory": lambda _: mmap.mmap(-1, 4096, prot=EXECUTABLE),
    "make memory executable": lambda _: LIBC.mprotect(LIBC.malloc(4096), 4096, mmap.PROT_EXEC),
    "kill the nursery": lambda _: os.kill(NURSERY_PID, signal.SIGKILL),
    "trace": lambda _: LIBC.ptrace(16, NURSERY_PID, 0, 0),
    "raise a limit": lambda _: resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)),
    "shake off the alarm": lambda _: shake_off_the_alarm(),
    "catch the signal": lambda _: signal.signal(signal.SIGALRM, signal.SIG_IGN),
    "sleep": lambda _: time.sleep(60),
    "burn": lambda _: burn(),
    "wait forever": lambda _: wait_forever(),
    "hoard": lambda _: hoard(),
    "crash": lambda _: ctypes.string_at(0),
    "raise": lambda _: 1 // 0,
    "lie about frames": lie_about_frames,
    "words that are no sound": send_words_that_are_no_sound,
    "garbage": write_garbage,
    "say nothing": lambda _: None,
}


def do_the_deed(content: bytes, _: Job, writer: Writer) -> None:
    DEEDS[content.decode()](writer)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control, {"clip": do_the_deed, "photo": do_the_deed, "moment": do_the_deed})
