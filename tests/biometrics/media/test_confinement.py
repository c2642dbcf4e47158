"""What a child that was taken over can do: nothing. Each deed is really tried, in a child confined as the decoder is."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_service.biometrics.media.caps import Caps
from verify_service.biometrics.media.errors import CrashCause, DecoderCrashed
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy

HOSTILE = (str(Path(__file__).with_name("hostile_nursery.py")),)
CAPS = Caps(cpu_seconds_max=5, wall_seconds_max=1.5, memory_bytes_max=128 * 1024 * 1024)


@pytest.fixture(scope="module")
def taken_over() -> Iterator[DecodeSandbox]:
    with DecodeSandbox(SandboxPolicy(required=True), CAPS, program=HOSTILE) as sandbox:
        yield sandbox


def crash(sandbox: DecodeSandbox, deed: str) -> DecoderCrashed:
    with pytest.raises(DecoderCrashed) as crashed:
        sandbox.clip(deed.encode())
    return crashed.value


def test_a_child_that_does_no_harm_answers(taken_over: DecodeSandbox) -> None:
    assert taken_over.clip(b"answer").clip.seconds == 2.0


@pytest.mark.parametrize(
    "deed",
    [
        "socket",
        "exec",
        "fork",
        "thread",
        "write",
        "read",
        "memfd",
        "executable memory",
        "make memory executable",
        "kill the nursery",
        "trace",
        "raise a limit",
        "shake off the alarm",
        "catch the signal",
        "sleep",
    ],
)
def test_a_call_outside_the_list_kills_the_child_and_the_next_job_works(taken_over: DecodeSandbox, deed: str) -> None:
    crashed = crash(taken_over, deed)

    assert (crashed.cause, crashed.signal) == (CrashCause.FORBIDDEN_CALL, signal.SIGSYS)
    assert taken_over.clip(b"answer").clip.seconds == 2.0


def test_opening_a_file_is_refused_without_killing(taken_over: DecodeSandbox) -> None:
    assert taken_over.clip(b"read a file").clip.seconds == 2.0
    # Past Python, straight to the kernel: only a refused call leads to the child's silence.
    assert crash(taken_over, "raw openat").cause is CrashCause.PROTOCOL


def test_no_secret_of_the_parent_is_in_the_childs_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_MASTER_KEY", "the key to every template")

    with DecodeSandbox(SandboxPolicy(required=True), CAPS, program=HOSTILE) as sandbox:
        assert sandbox.clip(b"environment").facts.frames_decoded == 0


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        ("wait forever", CrashCause.WALL_CLOCK),
        ("hoard", CrashCause.MEMORY),
        ("crash", CrashCause.SIGNAL),
        ("raise", CrashCause.EXCEPTION),
    ],
)
def test_a_child_that_takes_too_much_or_breaks_is_told_apart(
    taken_over: DecodeSandbox, deed: str, cause: CrashCause
) -> None:
    began_at = time.monotonic()

    assert crash(taken_over, deed).cause is cause

    assert time.monotonic() - began_at < 5
    assert taken_over.clip(b"answer").clip.seconds == 2.0


def test_a_child_that_computes_without_end_is_stopped_by_its_cpu_time() -> None:
    patient = Caps(cpu_seconds_max=1, wall_seconds_max=60.0)

    with DecodeSandbox(SandboxPolicy(required=True), patient, program=HOSTILE) as sandbox:
        assert crash(sandbox, "burn").cause is CrashCause.CPU_TIME


@pytest.mark.parametrize("deed", ["lie about frames", "words that are no sound", "garbage", "say nothing"])
def test_an_answer_that_lies_is_not_believed(taken_over: DecodeSandbox, deed: str) -> None:
    assert crash(taken_over, deed).cause is CrashCause.PROTOCOL
