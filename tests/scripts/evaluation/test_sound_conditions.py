"""Do the disturbances disturb by what they say? On tones, where a reader can work it out."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.sound_conditions import NAMES, RATE_HZ, Voice, under
from verify_service.biometrics.evidence import SpeechSpan, Vector


def tone(hertz: float, level: float = 0.1, seconds: float = 2.0) -> Vector:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (level * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def spoken(samples: Vector) -> Voice:
    return Voice(samples, (SpeechSpan(0.0, len(samples) / RATE_HZ),))


def decibels(signal: Vector, added: Vector) -> float:
    return float(10 * np.log10(np.mean(signal**2) / np.mean(added**2)))


@pytest.mark.parametrize("ratio", [10, 5])
@pytest.mark.parametrize("kind", ["noise", "second talker"])
def test_what_is_added_has_the_power_that_is_named(kind: str, ratio: int) -> None:
    voice, other = spoken(tone(1000)), spoken(tone(440, 0.02))

    disturbed = under(f"{kind} {ratio} dB", voice, other, np.random.default_rng(1))

    assert decibels(voice.samples, disturbed - voice.samples) == pytest.approx(ratio, abs=0.2)


def test_the_power_of_the_speech_counts_not_of_the_pauses() -> None:
    samples = np.concatenate([tone(1000, seconds=0.5), np.zeros(3 * RATE_HZ, np.float32)])
    voice = Voice(samples, (SpeechSpan(0.0, 0.5),))

    disturbed = under("noise 10 dB", voice, voice, np.random.default_rng(1))

    assert decibels(samples[: RATE_HZ // 2], disturbed - samples) == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize(("hertz", "passes"), [(100, False), (1000, True), (5000, False)])
def test_a_telephone_carries_its_band(hertz: float, passes: bool) -> None:
    voice = spoken(tone(hertz))

    carried = under("telephone", voice, voice, np.random.default_rng(1))

    assert (float(np.abs(carried).max()) > 0.09) is passes


def test_a_twentieth_of_the_speech_is_clipped() -> None:
    voice = spoken(np.random.default_rng(2).normal(0, 0.1, 5 * RATE_HZ).astype(np.float32))

    clipped = under("clipped", voice, voice, np.random.default_rng(1))

    assert np.mean(np.abs(clipped) >= 1.0) == pytest.approx(0.05, abs=0.002)


def test_a_room_goes_on_after_the_voice() -> None:
    samples = np.concatenate([tone(1000, seconds=0.5), np.zeros(RATE_HZ, np.float32)])

    heard = under("reverberant", spoken(samples), spoken(samples), np.random.default_rng(1))

    after = [np.mean(heard[begin : begin + 800] ** 2) for begin in (RATE_HZ // 2 + 400, RATE_HZ)]
    assert after[0] > 10 * after[1] > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_condition_leaves_a_sound_of_the_same_length_within_full_scale(name: str) -> None:
    voice = spoken(tone(1000, 0.99))

    disturbed = under(name, voice, spoken(tone(440)), np.random.default_rng(1))

    assert disturbed.shape == voice.samples.shape
    assert disturbed.dtype == np.dtype(np.float32)
    assert np.abs(disturbed).max() <= 1.0


def test_a_condition_that_is_not_known_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="rain"):
        under("rain", spoken(tone(440)), spoken(tone(440)), np.random.default_rng(1))
