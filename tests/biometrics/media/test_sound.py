from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from av import AudioFrame

from verify_service.biometrics.media.errors import Damage, Unreadable
from verify_service.biometrics.media.sound import SoundTrack


def tone(at: float | None, seconds: float = 0.02, rate_hz: int = 48_000, layout: str = "mono") -> AudioFrame:
    """A piece of a 440 Hz tone of amplitude one half, as loud in every channel."""
    start = round((at or 0.0) * rate_hz)
    wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(start, start + round(seconds * rate_hz)) / rate_hz)
    channels = 2 if layout == "stereo" else 1
    frame = AudioFrame.from_ndarray(np.tile(wave.astype(np.float32), (channels, 1)), "fltp", layout)
    frame.rate, frame.time_base = rate_hz, Fraction(1, rate_hz)
    frame.pts = None if at is None else start
    return frame


def track(*frames: AudioFrame, seconds_max: float = 21.0) -> SoundTrack:
    made = SoundTrack(16_000, seconds_max)
    for frame in frames:
        made.add(frame)
    return made


def loudness(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_sound_of_any_rate_becomes_16_khz_mono_with_its_pitch_and_loudness(rate_hz: int, layout: str) -> None:
    pieces = [tone(i / 10, 0.1, rate_hz, layout) for i in range(10)]

    samples = track(*pieces).samples()

    assert samples.dtype == np.float32
    assert abs(len(samples) - 16_000) <= 2
    assert abs(loudness(samples) - 0.5 / np.sqrt(2)) < 0.01
    spectrum = np.abs(np.fft.rfft(samples[:16_000]))
    assert abs(int(spectrum.argmax()) - 440) <= 1


def test_a_hole_in_the_sound_becomes_silence_so_that_what_follows_stays_in_its_place() -> None:
    samples = track(tone(0.0, 0.5), tone(1.0, 0.5)).samples()

    assert abs(len(samples) - 24_000) <= 32
    assert loudness(samples[:7_900]) > 0.3
    assert loudness(samples[8_100:15_900]) < 0.001
    assert loudness(samples[16_100:]) > 0.3


def test_timestamps_rounded_to_milliseconds_leave_no_holes() -> None:
    pieces = []
    for index in range(100):
        piece = tone(index * 0.0213, 0.0213)
        piece.pts, piece.time_base = round(index * 21.3 + index % 3), Fraction(1, 1_000)
        pieces.append(piece)

    samples = track(*pieces).samples()

    assert abs(len(samples) / 16_000 - 2.13) < 0.01


def test_a_change_of_rate_midway_is_followed() -> None:
    samples = track(tone(0.0, 0.5, 48_000), tone(0.5, 0.5, 24_000)).samples()

    assert abs(len(samples) - 16_000) <= 40
    assert loudness(samples[8_200:15_800]) > 0.3


def test_a_sound_far_longer_than_a_clip_is_cut_and_costs_no_more() -> None:
    endless = track(*(tone(i * 1.0, 1.0) for i in range(10)), tone(3_600.0, 1.0), seconds_max=3.0)

    assert endless.is_full
    assert len(endless.samples()) == 48_000


def test_a_sound_without_time_is_refused() -> None:
    with pytest.raises(Unreadable) as refusal:
        track(tone(None))

    assert refusal.value.damage is Damage.TIMESTAMPS


def test_a_track_of_which_nothing_was_decoded_has_no_samples() -> None:
    assert len(track().samples()) == 0
    assert track().starts_at is None
