"""What rooms, lines and phones do to a voice: noise, a second talker, telephone band, clipping, reverberation. numpy alone.

All are SYNTHETIC. Sounds are mono at 16 kHz in −1…1; a ratio in dB is of the power of the speech (where somebody speaks) to that
of what is added (over its whole length, for a talker over where he speaks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import SpeechSpan, Vector

RATE_HZ = 16_000
CLEAN = "clean"
NAMES = (
    CLEAN,
    "noise 10 dB",
    "noise 5 dB",
    "second talker 10 dB",
    "second talker 5 dB",
    "telephone",
    "clipped",
    "reverberant",
)
TELEPHONE_HERTZ = (300.0, 3400.0)  # ITU-T G.712's band
MU = 255.0  # ITU-T G.711's curve, here in its continuous form, rounded to 8 bits
CLIPPED_SHARE = 0.05  # of the samples of speech lie at the limit: a voice held too near to the microphone
REVERBERATION_SECONDS = 0.6  # until 60 dB down: a bare living room with hard walls
DIRECT_TO_REVERBERANT_DB = 3.0  # at an arm's length


@dataclass(frozen=True)
class Voice:
    """A sound and where somebody speaks in it (the sound begins at 0 s)."""

    samples: Vector
    spans: Sequence[SpeechSpan]

    @property
    def speech(self) -> Vector:
        """The samples in which somebody speaks; all of them where nobody is heard."""
        pieces = [self.samples[round(s.begins_at * RATE_HZ) : round(s.ends_at * RATE_HZ)] for s in self.spans]
        return np.concatenate(pieces) if pieces else self.samples


def with_noise(voice: Voice, ratio_db: float, chance: np.random.Generator) -> Vector:
    """White noise under it."""
    noise = chance.normal(0, 1, len(voice.samples))
    return _limited(voice.samples + noise * _gain(_power(voice.speech), 1.0, ratio_db))


def with_talker(voice: Voice, other: Voice, ratio_db: float, chance: np.random.Generator) -> Vector:
    """Another speaks at the same time, again and again from a random moment of what he says."""
    again = np.resize(np.roll(other.samples, int(chance.integers(len(other.samples)))), len(voice.samples))
    return _limited(voice.samples + again * _gain(_power(voice.speech), _power(other.speech), ratio_db))


def by_telephone(samples: Vector) -> Vector:
    """300 to 3400 Hz, as 8-bit mu-law: the line, not the codec of a mobile phone."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    spectrum[(hertz < TELEPHONE_HERTZ[0]) | (hertz > TELEPHONE_HERTZ[1])] = 0
    band = np.clip(np.fft.irfft(spectrum, len(samples)), -1, 1)
    compressed = np.round(np.sign(band) * np.log1p(MU * np.abs(band)) / np.log1p(MU) * 127) / 127
    expanded = np.sign(compressed) * np.expm1(np.abs(compressed) * np.log1p(MU)) / MU
    return np.asarray(expanded, np.float32)


def clipped(voice: Voice) -> Vector:
    """Amplified until a twentieth of the speech's samples is cut off."""
    limit = float(np.quantile(np.abs(voice.speech), 1 - CLIPPED_SHARE))
    return np.asarray(np.clip(voice.samples / max(limit, 1e-6), -1, 1), np.float32)


def reverberant(samples: Vector, chance: np.random.Generator) -> Vector:
    """In a room: white noise that decays exponentially as its response, after the direct sound (Moorer 1979)."""
    count = round(REVERBERATION_SECONDS * RATE_HZ)
    seconds = np.arange(count) / RATE_HZ
    tail = chance.normal(0, 1, count) * 10 ** (-3 * seconds / REVERBERATION_SECONDS)
    tail[: round(0.005 * RATE_HZ)] = 0  # the first wall is nearly a metre away
    tail *= np.sqrt(10 ** (-DIRECT_TO_REVERBERANT_DB / 10) / np.sum(tail**2))
    tail[0] = 1.0
    length = len(samples) + count
    sound = np.fft.irfft(np.fft.rfft(samples, length) * np.fft.rfft(tail, length), length)[: len(samples)]
    return _limited(sound)


def under(condition: str, voice: Voice, other: Voice, chance: np.random.Generator) -> Vector:
    """The voice under one of `NAMES`; `other` is the second talker. ValueError for a condition that is not one of them."""
    match condition:
        case "clean":
            return voice.samples
        case "noise 10 dB" | "noise 5 dB":
            return with_noise(voice, _decibels(condition), chance)
        case "second talker 10 dB" | "second talker 5 dB":
            return with_talker(voice, other, _decibels(condition), chance)
        case "telephone":
            return by_telephone(voice.samples)
        case "clipped":
            return clipped(voice)
        case "reverberant":
            return reverberant(voice.samples, chance)
    raise ValueError(f"{condition!r} is not one of {', '.join(NAMES)}")


def _decibels(condition: str) -> float:
    return float(condition.split()[-2])


def _power(samples: Vector) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


def _gain(speech: float, added: float, ratio_db: float) -> float:
    return float(np.sqrt(speech / max(added, 1e-12) / 10 ** (ratio_db / 10)))


def _limited(samples: NDArray[np.floating[Any]]) -> Vector:
    """Turned down where it would exceed full scale, not clipped: that is a condition of its own."""
    peak = float(np.abs(samples).max(initial=0.0))
    return np.asarray(samples / max(1.0, peak), np.float32)
