from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from verify_service.biometrics.media.caps import Caps
from verify_service.biometrics.media.errors import (
    CrashCause,
    Damage,
    DecoderCrashed,
    NoSuchMoment,
    OverCap,
    Quantity,
    SandboxUnavailable,
    Unreadable,
)
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy

HERE = Path(__file__).parent
HOSTILE = (str(HERE / "hostile_nursery.py"),)
WITHOUT_SECCOMP = (str(HERE / "nursery_without_seccomp.py"),)
REQUIRED = SandboxPolicy(required=True)


def nurseries() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "nursery" in " ".join(child.cmdline())]


def only_nursery(sandbox: DecodeSandbox, before: list[psutil.Process]) -> psutil.Process:
    sandbox.warm()
    (nursery,) = set(nurseries()) - set(before)
    return nursery


def test_the_demo_clip_becomes_frames_and_sound_on_one_timeline(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    decoded = sandbox.clip(talking_man)

    clip = decoded.clip
    assert abs(clip.seconds - 173 / 29.97) < 0.01
    assert {frame.image.shape for frame in clip.frames} == {(480, 640, 3)}
    assert [frame.at for frame in clip.frames] == sorted({frame.at for frame in clip.frames})
    assert clip.frames[0].at == 0.0
    assert 12 < len(clip.frames) / clip.seconds < 13
    assert clip.sound is not None
    assert clip.sound.rate_hz == 16_000
    assert abs(clip.sound.seconds - 5.78) < 0.01
    assert (decoded.facts.container, decoded.facts.video_codec, decoded.facts.audio_codec) == ("mp4", "h264", "aac")


def test_the_childs_cpu_time_and_memory_are_reported(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    decoded = sandbox.clip(talking_man)

    assert 0.02 < decoded.cpu_seconds < 10
    assert 30e6 < decoded.peak_rss_bytes < 300e6


def test_frames_lie_in_shared_memory_uncopied_and_cannot_be_changed(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    first, second, *_ = sandbox.clip(talking_man).clip.frames

    assert not first.image.flags.owndata
    assert not first.image.flags.writeable
    assert second.image.ctypes.data - first.image.ctypes.data == first.image.nbytes


def test_frames_outlive_the_sandbox(talking_man: bytes) -> None:
    with DecodeSandbox(REQUIRED) as sandbox:
        clip = sandbox.clip(talking_man).clip

    assert clip.frames[-1].image.mean() > 10


def test_one_frame_of_a_clip_is_the_one_that_the_whole_clip_shows(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    frames = sandbox.clip(talking_man).clip.frames

    shown = sandbox.frame_at(talking_man, frames[30].at + 0.001)

    assert shown.at == frames[30].at
    assert np.array_equal(shown.image, frames[30].image)


@pytest.mark.parametrize("seconds", [5.9, 20.0, 1e9])
def test_a_moment_beyond_the_clips_end_is_refused(sandbox: DecodeSandbox, talking_man: bytes, seconds: float) -> None:
    with pytest.raises(NoSuchMoment):
        sandbox.frame_at(talking_man, seconds)


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf")])
def test_a_moment_that_is_none_is_the_callers_mistake(
    sandbox: DecodeSandbox, talking_man: bytes, seconds: float
) -> None:
    with pytest.raises(ValueError, match="a moment is a number of seconds"):
        sandbox.frame_at(talking_man, seconds)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("empty.mp4", Damage.NOT_MEDIA),
        ("random_bytes.mp4", Damage.NOT_MEDIA),
        ("truncated.mp4", Damage.CUT_OFF),
        ("bit_flips.mp4", Damage.DECODER_ERROR),
    ],
)
def test_a_damaged_clip_is_unreadable_for_what_is_wrong_with_it(
    sandbox: DecodeSandbox, bad_clips: Path, name: str, damage: Damage
) -> None:
    with pytest.raises(Unreadable) as refusal:
        sandbox.clip((bad_clips / name).read_bytes())

    assert refusal.value.damage is damage
    assert not isinstance(refusal.value, DecoderCrashed)


@pytest.mark.parametrize(
    ("name", "seconds", "has_sound"),
    [
        ("good_5831.mp4", 3.24, True),
        ("too_short.mp4", 0.48, True),
        ("no_audio.mp4", 3.24, False),
        ("silent_audio.mp4", 3.24, True),
        ("sound_late_1s.mp4", 4.24, True),
    ],
)
def test_a_clip_that_is_bad_in_other_ways_decodes_to_its_true_length(
    sandbox: DecodeSandbox, bad_clips: Path, name: str, seconds: float, has_sound: bool
) -> None:
    clip = sandbox.clip((bad_clips / name).read_bytes()).clip

    assert abs(clip.seconds - seconds) < 0.001
    assert (clip.sound is not None) == has_sound


def test_a_body_over_the_byte_cap_does_not_reach_the_child() -> None:
    with DecodeSandbox(REQUIRED, Caps(byte_size_max=1_000)) as sandbox, pytest.raises(OverCap) as refusal:
        sandbox.clip(b"\x00" * 1_001)

    assert (refusal.value.quantity, refusal.value.value, refusal.value.cap) == (Quantity.BYTES, 1_001, 1_000)


def test_the_parent_never_loads_ffmpeg() -> None:
    program = "import sys, verify_service.biometrics.media.sandbox; sys.exit('av' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_production_refuses_to_decode_without_seccomp() -> None:
    sandbox = DecodeSandbox(REQUIRED, program=WITHOUT_SECCOMP)

    with pytest.raises(SandboxUnavailable, match="seccomp"):
        sandbox.warm()


def test_elsewhere_the_lack_of_seccomp_is_warned_of_and_clips_decode(
    talking_man: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.WARNING),
        DecodeSandbox(SandboxPolicy(required=False), program=WITHOUT_SECCOMP) as sandbox,
    ):
        assert len(sandbox.clip(talking_man).clip.frames) > 60

    assert [record.message.split()[0] for record in caplog.records] == ["media.sandbox_without_seccomp"]


def test_a_program_that_does_not_start_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="does not start"):
        DecodeSandbox(REQUIRED, program=(str(tmp_path / "nothing_here.py"),)).warm()


def test_the_nursery_has_one_thread_for_a_process_with_threads_must_not_fork(talking_man: bytes) -> None:
    before = nurseries()
    with DecodeSandbox(REQUIRED) as sandbox:
        nursery = only_nursery(sandbox, before)
        sandbox.clip(talking_man)

        assert nursery.num_threads() == 1


def test_after_the_nursery_is_killed_the_next_clip_decodes(talking_man: bytes) -> None:
    before = nurseries()
    with DecodeSandbox(REQUIRED) as sandbox:
        nursery = only_nursery(sandbox, before)
        nursery.kill()

        assert len(sandbox.clip(talking_man).clip.frames) > 60
        assert nursery not in nurseries()


def test_a_child_killed_at_its_work_is_a_crash_and_the_next_clip_decodes() -> None:
    before = nurseries()
    with DecodeSandbox(REQUIRED, Caps(wall_seconds_max=30.0), program=HOSTILE) as sandbox:
        nursery = only_nursery(sandbox, before)
        killer = threading.Thread(target=kill_first_child, args=(nursery,))
        killer.start()

        with pytest.raises(DecoderCrashed) as crashed:
            sandbox.clip(b"wait forever")
        killer.join()

        assert (crashed.value.cause, crashed.value.signal) == (CrashCause.SIGNAL, signal.SIGKILL)
        assert sandbox.clip(b"answer").clip.seconds == 2.0


def kill_first_child(nursery: psutil.Process) -> None:
    while not (children := nursery.children()):
        time.sleep(0.01)
    children[0].kill()


def test_nursery_and_child_end_soon_after_a_worker_that_was_killed() -> None:
    program = (
        "from verify_service.biometrics.media.sandbox import *;"
        f"s = DecodeSandbox(SandboxPolicy(required=True), Caps(wall_seconds_max=3.0), program=({HOSTILE[0]!r},)); s.warm();"
        "print('warm', flush=True); s.clip(b'wait forever')"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    worker.stdout.readline()
    nursery = eventually(lambda: psutil.Process(worker.pid).children()[0])
    child = eventually(lambda: nursery.children()[0])

    worker.kill()
    worker.wait()
    worker.stdout.close()

    _, alive = psutil.wait_procs([nursery, child], timeout=10)
    assert alive == []


def eventually(find: Callable[[], psutil.Process]) -> psutil.Process:
    """What is found once it is there; at most ten seconds are waited."""
    for _ in range(1_000):
        with suppress(IndexError):
            return find()
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_neither_descriptors_nor_memory_leak(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    sandbox.clip(talking_man)
    process = psutil.Process()
    descriptors, resident = process.num_fds(), process.memory_info().rss

    for _ in range(10):
        sandbox.clip(talking_man)
        with pytest.raises(Unreadable):
            sandbox.clip(b"no clip")

    assert process.num_fds() == descriptors
    assert process.memory_info().rss - resident < 20e6


def test_threads_may_share_a_sandbox(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    lengths: list[float] = []
    threads = [
        threading.Thread(target=lambda: lengths.append(sandbox.clip(talking_man).clip.seconds)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(lengths) == 4
    assert len(set(lengths)) == 1


def test_nothing_stays_behind_when_a_sandbox_is_closed() -> None:
    before = nurseries()
    with DecodeSandbox(REQUIRED) as sandbox:
        nursery = only_nursery(sandbox, before)

    assert not nursery.is_running()
