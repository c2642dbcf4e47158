"""The parent's side: bytes in, pictures and sound out, with a process in between that may die of them."""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from types import TracebackType
from typing import Self

import numpy as np

from ..evidence import Clip, Frame, Image, Sound
from .caps import Caps, Sampling
from .errors import CrashCause, DecoderCrashed, OverCap, Quantity, SandboxUnavailable
from .facts import ClipFacts
from .jobs import ANSWERED, OUT_OF_MEMORY, Job
from .nursery_process import NURSERY, NurseryDied, NurseryProcess, Report
from .wire import Answer, Layout, WireError, read_answer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SandboxPolicy:
    """`required`: without seccomp refuse to decode at all. Production says yes; elsewhere a warning is enough."""

    required: bool


@dataclass(frozen=True)
class DecodedClip:
    """A clip, what it was, and what it cost. Frames and sound are read-only views of shared memory, which lives with them."""

    clip: Clip
    facts: ClipFacts
    cpu_seconds: float
    peak_rss_bytes: int


@dataclass(frozen=True)
class DecodedImage:
    """One upright picture. `at` is its moment in the clip (0 for a photo)."""

    image: Image
    at: float
    cpu_seconds: float


class DecodeSandbox:
    """Decodes one file at a time, each in a child of its own. Threads may share it; they take turns.

    Every method that decodes raises Unreadable (DecoderCrashed among it), UnsupportedFormat (OverCap among it) or
    SandboxUnavailable.
    """

    def __init__(
        self,
        policy: SandboxPolicy,
        caps: Caps | None = None,
        sampling: Sampling | None = None,
        *,
        program: Sequence[str] = NURSERY,
    ) -> None:
        self._policy = policy
        self._caps, self._sampling = caps or Caps(), sampling or Sampling()
        self._program = program
        self._turn = threading.Lock()
        self._nursery: NurseryProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start the nursery, if it is not there, and hold it against the policy. About 0.4 s; later calls cost nothing."""
        with self._turn:
            self._ready_nursery()

    def close(self) -> None:
        with self._turn:
            self._stop()

    def clip(self, content: bytes) -> DecodedClip:
        """Decode a whole clip. Its `seconds` may lie beyond any limit: the caller judges, before it looks at the frames.

        A clip beyond `Caps.seconds_max` brings only its first part; one that declares so much brings no frame at all.
        """
        done = self._decode(content, Job("clip", self._caps, self._sampling))
        frames = tuple(Frame(e.at, image) for e, image in zip(done.answer.frames, done.images(), strict=True))
        clip = Clip(frames, done.sound(self._sampling.sound_rate_hz), done.answer.facts.seconds)
        return DecodedClip(clip, done.answer.facts, done.report.cpu_seconds, done.report.peak_rss_bytes)

    def photo(self, content: bytes) -> DecodedImage:
        """Decode an enrolment photo: JPEG, PNG or WebP, turned as its EXIF says."""
        return self._image(content, Job("photo", self._caps, self._sampling))

    def frame_at(self, content: bytes, seconds: float) -> DecodedImage:
        """The clip's frame that is shown at a moment, sized as `clip` would. Raises NoSuchMoment beyond the clip's end."""
        if not (isfinite(seconds) and seconds >= 0):
            raise ValueError(f"a moment is a number of seconds from 0, not {seconds}")
        return self._image(content, Job("moment", self._caps, self._sampling, seconds))

    def _image(self, content: bytes, job: Job) -> DecodedImage:
        done = self._decode(content, job)
        if len(done.answer.frames) != 1:
            raise DecoderCrashed(CrashCause.PROTOCOL)
        return DecodedImage(next(done.images()), done.answer.frames[0].at, done.report.cpu_seconds)

    def _decode(self, content: bytes, job: Job) -> _Done:
        if len(content) > job.caps.byte_size_max:
            raise OverCap(Quantity.BYTES, len(content), job.caps.byte_size_max)
        with self._turn, _sealed(content) as source, _block(job.layout) as target:
            report = self._run(job, source, target)
            if report.exit != ANSWERED:
                raise _crash(report)
            try:
                answer = read_answer(os.pread(target, job.layout.sound_at, 0), job.layout)
            except WireError as error:
                raise DecoderCrashed(CrashCause.PROTOCOL) from error
            return _Done(answer, report, job.layout, _mapped(target, job.layout, answer))

    def _run(self, job: Job, source: int, target: int) -> Report:
        nursery = self._ready_nursery()
        try:
            return nursery.run(job, source, target)
        except TimeoutError as error:
            self._stop()
            raise DecoderCrashed(CrashCause.WALL_CLOCK) from error
        except NurseryDied:
            # Killed from outside, with or without the child: nothing is known of the file, so it gets another try.
            self._stop()
            try:
                return self._ready_nursery().run(job, source, target)
            except (NurseryDied, TimeoutError) as error:
                self._stop()
                raise SandboxUnavailable("the decoding process does not stay alive") from error

    def _ready_nursery(self) -> NurseryProcess:
        if self._nursery is None:
            nursery = NurseryProcess.start(self._program)
            if nursery.seccomp_missing is not None:
                self._without_seccomp(nursery, nursery.seccomp_missing)
            self._nursery = nursery
        return self._nursery

    def _without_seccomp(self, nursery: NurseryProcess, cause: str) -> None:
        if self._policy.required:
            nursery.stop()
            raise SandboxUnavailable(f"no seccomp: {cause}")
        logger.warning("media.sandbox_without_seccomp cause=%s", cause)

    def _stop(self) -> None:
        if self._nursery is not None:
            self._nursery.stop()
            self._nursery = None


@dataclass(frozen=True)
class _Done:
    answer: Answer
    report: Report
    layout: Layout
    memory: mmap.mmap

    def images(self) -> Iterator[Image]:
        start = self.layout.pixels_at
        for entry in self.answer.frames:
            flat = np.frombuffer(self.memory, np.uint8, entry.byte_size, start)
            yield flat.reshape(entry.height, entry.width, 3)
            start += entry.byte_size

    def sound(self, rate_hz: int) -> Sound | None:
        if self.answer.sound_samples is None:
            return None
        samples = np.frombuffer(self.memory, np.float32, self.answer.sound_samples, self.layout.sound_at)
        if not np.isfinite(samples).all():
            raise DecoderCrashed(CrashCause.PROTOCOL)
        return Sound(samples, self.answer.sound_starts_at, rate_hz)


def _crash(report: Report) -> DecoderCrashed:
    causes = {
        signal.SIGSYS: CrashCause.FORBIDDEN_CALL,
        signal.SIGALRM: CrashCause.WALL_CLOCK,
        signal.SIGXCPU: CrashCause.CPU_TIME,
    }
    if report.signal is not None:
        return DecoderCrashed(causes.get(signal.Signals(report.signal), CrashCause.SIGNAL), report.signal)
    return DecoderCrashed(CrashCause.MEMORY if report.exit == OUT_OF_MEMORY else CrashCause.EXCEPTION)


@contextmanager
def _sealed(content: bytes) -> Iterator[int]:
    """The file's bytes as anonymous memory that nobody can change any more."""
    with _memory("source") as descriptor:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        yield descriptor


@contextmanager
def _block(layout: Layout) -> Iterator[int]:
    """Memory for the answer. Untouched pages cost nothing; sealed in size, lest a child shrink it under the parent's feet."""
    with _memory("target") as descriptor:
        os.ftruncate(descriptor, layout.size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        yield descriptor


@contextmanager
def _memory(name: str) -> Iterator[int]:
    if not hasattr(os, "memfd_create"):
        raise SandboxUnavailable("anonymous memory needs Linux")
    descriptor = os.memfd_create(f"media-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _mapped(descriptor: int, layout: Layout, answer: Answer) -> mmap.mmap:
    return mmap.mmap(descriptor, layout.pixels_at + answer.pixel_bytes, prot=mmap.PROT_READ)
