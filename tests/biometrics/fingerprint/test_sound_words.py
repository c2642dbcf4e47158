from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Sound
from verify_service.biometrics.fingerprint.sound_words import sound_distance, words_of


def noise(seed: int, seconds: float = 3.0) -> NDArray[np.float32]:
    """Noise whose colour changes ten times a second."""
    random = np.random.default_rng(seed)
    pieces = []
    for _ in range(round(seconds * 10)):
        spectrum = np.fft.rfft(random.standard_normal(1600)) * np.repeat(random.random(89), 9)[:801]
        pieces.append(np.fft.irfft(spectrum, 1600))
    return (0.1 * np.concatenate(pieces)).astype(np.float32)


def apart(one: NDArray[np.float32], two: NDArray[np.float32]) -> float | None:
    first, second = words_of(Sound(one)), words_of(Sound(two))
    assert first is not None
    assert second is not None
    return sound_distance(first, second)


def test_the_same_sound_has_no_distance_and_another_is_unrelated() -> None:
    assert apart(noise(1), noise(1)) == 0.0
    unrelated = apart(noise(1), noise(2))
    assert unrelated is not None
    assert unrelated > 0.35


def test_loudness_does_not_matter() -> None:
    quieter = apart(0.3 * noise(1), noise(1))

    assert quieter is not None
    assert quieter < 0.01


def test_a_part_of_a_sound_is_found_within_it() -> None:
    part = apart(noise(1)[8000:44000], noise(1))

    assert part is not None
    assert part < 0.15


def test_what_is_common_to_less_than_most_of_two_sounds_does_not_make_them_one() -> None:
    prompt = noise(9, 1.2)
    common = apart(np.concatenate([prompt, noise(1)]), np.concatenate([prompt, noise(2)]))

    assert common is not None
    assert common > 0.3


@pytest.mark.parametrize("seconds", [0.0, 0.2, 3.0])
def test_silence_has_no_words(seconds: float) -> None:
    assert words_of(Sound(np.zeros(round(seconds * 16_000), np.float32))) is None


def test_less_than_a_second_of_sound_has_no_words() -> None:
    assert words_of(Sound(noise(1, 0.9))) is None


def test_no_sound_has_no_words() -> None:
    assert words_of(None) is None
