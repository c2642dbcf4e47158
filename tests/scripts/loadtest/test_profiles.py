from __future__ import annotations

import random

import pytest

from scripts.loadtest.profiles import PEAK_DAY, Constant, PeakDay, Profile, Ramp, arrivals

PROFILES = [Constant(4.0), Ramp(1.0, 5.0, 60.0), PeakDay(6.0, 100.0)]


def test_a_ramp_rises_evenly_and_stays() -> None:
    ramp = Ramp(1.0, 3.0, seconds=10.0)

    assert [ramp.rate_at(t) for t in (0.0, 5.0, 10.0, 99.0)] == [1.0, 2.0, 3.0, 3.0]


def test_a_peak_day_is_quiet_at_night_and_busiest_at_ten() -> None:
    day = PeakDay(busiest=6.0, seconds=240.0)  # ten seconds an hour

    assert day.rate_at(0.0) == 0.0
    assert day.rate_at(100.0) == pytest.approx(6.0)
    assert day.rate_at(95.0) == pytest.approx(5.6)  # half past nine: between 2.6 and 3.0 of 3.0
    assert day.rate_at(240.0) == 0.0


def test_the_hours_of_the_peak_day_rise_from_midnight_to_midnight() -> None:
    hours = [hour for hour, _ in PEAK_DAY]

    assert hours == sorted(set(hours))
    assert (hours[0], hours[-1]) == (0, 24)


@pytest.mark.parametrize("profile", PROFILES)
def test_arrivals_lie_in_order_within_the_time(profile: Profile) -> None:
    moments = arrivals(profile, 100.0, random.Random(1))

    assert moments == sorted(moments)
    assert moments[0] >= 0.0
    assert moments[-1] < 100.0


@pytest.mark.parametrize("profile", PROFILES)
def test_as_many_arrive_as_the_profile_says(profile: Profile) -> None:
    expected = sum(profile.rate_at(t / 100) / 100 for t in range(10_000))

    counts = [len(arrivals(profile, 100.0, random.Random(seed))) for seed in range(50)]

    # The mean of 50 Poisson counts: within five standard errors.
    assert sum(counts) / 50 == pytest.approx(expected, abs=5 * (expected / 50) ** 0.5)


def test_nobody_comes_at_a_rate_of_nothing() -> None:
    assert arrivals(Constant(0.0), 100.0, random.Random(1)) == []
