from __future__ import annotations

from fractions import Fraction

import pytest
from av import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from verify_service.biometrics.evidence import Image, Vector
from verify_service.biometrics.media.caps import Sampling
from verify_service.biometrics.media.errors import Damage, Unreadable
from verify_service.biometrics.media.timeline import Clock, Sampler


class Kept:
    """A sink that remembers the moments of the pictures that reach it."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def frame(self, at: float, image: Image) -> None:  # noqa: ARG002
        self.moments.append(at)

    def sound(self, starts_at: float, samples: Vector) -> None:  # noqa: ARG002
        raise AssertionError("no sound was given")


def frame(milliseconds: int | None) -> VideoFrame:
    made = VideoFrame(16, 16, "yuv420p")
    made.pts, made.time_base = milliseconds, Fraction(1, 1_000)
    return made


def kept(moments: list[float], sampling: Sampling) -> list[float]:
    sink = Kept()
    sampler = Sampler(sampling, sink)
    for at in moments:
        sampler.offer(at, frame(0))
    return sink.moments


def test_time_counts_from_the_first_picture() -> None:
    clock = Clock()

    assert [clock.tick(frame(ms)) for ms in (5_000, 5_040, 5_200)] == pytest.approx([0.0, 0.04, 0.2])
    assert clock.begins_at == 5.0


def test_the_last_picture_lasts_as_long_as_the_mean_of_those_before() -> None:
    clock = Clock()
    for milliseconds in (0, 100, 300, 600):
        clock.tick(frame(milliseconds))

    assert clock.seconds == pytest.approx(0.8)


def test_a_single_picture_lasts_nothing() -> None:
    clock = Clock()
    clock.tick(frame(7_000))

    assert clock.seconds == 0.0


@pytest.mark.parametrize("second", [None, -40, 99])
def test_a_picture_without_time_or_before_the_last_is_refused(second: int | None) -> None:
    clock = Clock()
    clock.tick(frame(100))

    with pytest.raises(Unreadable) as refusal:
        clock.tick(frame(second))

    assert refusal.value.damage is Damage.TIMESTAMPS


def test_every_second_picture_of_25_a_second_is_kept_at_12_and_a_half() -> None:
    assert kept([i / 25 for i in range(8)], Sampling(rate_hz=12.5)) == [0.0, 2 / 25, 4 / 25, 6 / 25]


def test_a_slow_recording_keeps_all_that_it_has() -> None:
    assert kept([0.0, 0.14, 0.28, 0.42], Sampling(rate_hz=12.5)) == [0.0, 0.14, 0.28, 0.42]


@given(steps=st.lists(st.floats(0.0, 0.3), max_size=400), rate_hz=st.sampled_from([5.0, 10.0, 12.5, 25.0]))
def test_no_more_is_kept_than_the_rate_and_the_bound_allow(steps: list[float], rate_hz: float) -> None:
    moments = [sum(steps[:i]) for i in range(len(steps))]

    chosen = kept(moments, Sampling(rate_hz=rate_hz, frames_max=50))

    assert len(chosen) <= 50
    assert set(chosen) <= set(moments)
    if moments:
        assert chosen[0] == moments[0]
        assert len(chosen) <= moments[-1] * rate_hz + 2
