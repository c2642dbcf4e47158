from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from verify_service.biometrics.evidence import Challenge, CheckResult, Clip, Sound, SpeechSpan
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.voice_activity import (
    VoiceActivity,
    check_sound,
    check_speech,
    loudness_dbfs,
    speech_seconds,
    speech_windows,
    words_asked,
)
from verify_service.biometrics.reasons import Reason

FOUR_DIGITS = Challenge("en", digits="5831")


@pytest.fixture(scope="module")
def man_speaks(talking_man: Clip) -> Sound:
    assert talking_man.sound is not None
    return talking_man.sound


def silence(seconds: float) -> Sound:
    return Sound(np.zeros(round(seconds * 16_000), np.float32))


def test_a_talking_man_speaks_most_of_his_clip(voice_activity: VoiceActivity, man_speaks: Sound) -> None:
    spans = voice_activity.spans(man_speaks)

    assert 3.0 < speech_seconds(spans) < 5.5
    assert all(0 <= span.begins_at < span.ends_at <= man_speaks.starts_at + man_speaks.seconds for span in spans)


def test_spans_lie_on_the_clips_timeline_wherever_the_sound_starts(
    voice_activity: VoiceActivity, man_speaks: Sound
) -> None:
    at_once = voice_activity.spans(replace(man_speaks, starts_at=0.0))
    late = voice_activity.spans(replace(man_speaks, starts_at=1.0))

    assert [span.begins_at for span in late] == pytest.approx([span.begins_at + 1.0 for span in at_once])
    assert [span.ends_at for span in late] == pytest.approx([span.ends_at + 1.0 for span in at_once])


def test_the_same_sound_has_the_same_spans(voice_activity: VoiceActivity, man_speaks: Sound) -> None:
    assert voice_activity.spans(man_speaks) == voice_activity.spans(man_speaks)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02, 2.0])
def test_nobody_speaks_in_silence_however_short(voice_activity: VoiceActivity, seconds: float) -> None:
    assert voice_activity.spans(silence(seconds)) == ()


def test_nobody_speaks_in_noise(voice_activity: VoiceActivity) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 32_000).astype(np.float32)

    assert voice_activity.spans(Sound(noise)) == ()


def test_a_sound_with_one_sample_that_is_no_number_holds_no_speech(
    voice_activity: VoiceActivity, man_speaks: Sound
) -> None:
    damaged = man_speaks.samples.copy()
    damaged[100] = np.nan

    assert voice_activity.spans(Sound(damaged)) == ()


def test_a_clipped_sound_still_speaks(voice_activity: VoiceActivity, man_speaks: Sound) -> None:
    shouted = Sound(man_speaks.samples * 60)

    assert speech_seconds(voice_activity.spans(shouted)) > 2.5


def test_sound_of_another_rate_is_refused(voice_activity: VoiceActivity) -> None:
    with pytest.raises(ValueError, match="8000"):
        voice_activity.spans(Sound(np.zeros(8000, np.float32), rate_hz=8000))


@pytest.mark.parametrize(
    ("probabilities", "windows"),
    [
        ([], []),
        ([0.9] * 4, [(0, 4)]),
        ([0.0, 0.5, 0.5, 0.5, 0.5, 0.0], [(1, 5)]),  # equal to the limit begins
        ([0.0, 0.9, 0.4, 0.4, 0.4, 0.0], [(1, 5)]),  # it goes on between the two limits
        ([0.9, 0.9, 0.9, 0.0], []),  # 96 ms: a click
        ([0.9, 0.9, 0.0, 0.0, 0.0, 0.9], [(0, 6)]),  # a pause of 96 ms lies within a word
        ([0.9] * 4 + [0.0] * 4 + [0.9] * 4, [(0, 4), (8, 12)]),
        ([0.4] * 10, []),
    ],
)
def test_windows_become_spans_with_hysteresis(probabilities: list[float], windows: list[tuple[int, int]]) -> None:
    assert speech_windows(probabilities) == windows


def test_loudness_is_of_the_loudest_tenth_of_a_second() -> None:
    samples = np.zeros(16_000, np.float32)
    samples[3200:4800] = 0.1

    assert loudness_dbfs(samples) == pytest.approx(-20.0)
    assert loudness_dbfs(samples[:0]) == -120.0


def test_a_level_equal_to_the_limit_passes(limits: Limits) -> None:
    sound = Sound(np.full(1600, 0.1, np.float32))
    level = loudness_dbfs(sound.samples)

    assert check_sound(sound, replace(limits, sound_level_dbfs_min=level)).result is CheckResult.PASS
    assert check_sound(sound, replace(limits, sound_level_dbfs_min=level + 0.01)).result is CheckResult.FAIL


def test_digital_silence_fails_for_no_sound(limits: Limits) -> None:
    check = check_sound(silence(3.0), limits)

    assert (check.result, check.reason, check.score) == (CheckResult.FAIL, Reason.NO_SOUND, -120.0)


@pytest.mark.parametrize("sound", [None, silence(0.0), Sound(np.array([0.1, np.nan, 0.2], np.float32))])
def test_without_a_usable_track_nothing_is_measured(sound: Sound | None, limits: Limits) -> None:
    check = check_sound(sound, limits)

    assert (check.result, check.reason, check.score) == (CheckResult.INCONCLUSIVE, Reason.NO_SOUND, None)


def test_four_digits_need_four_times_the_seconds_of_one(limits: Limits) -> None:
    exactly = replace(limits, speech_seconds_per_word_min=0.125)
    spans = (SpeechSpan(1.0, 1.25), SpeechSpan(2.0, 2.25))

    enough = check_speech(spans, FOUR_DIGITS, exactly)
    too_little = check_speech(spans, Challenge("en", digits="58312"), exactly)

    assert (enough.result, enough.score) == (CheckResult.PASS, 0.125)
    assert (too_little.result, too_little.reason) == (CheckResult.FAIL, Reason.SPEECH_UNCLEAR)


def test_no_speech_fails_even_where_no_limit_is_set(limits: Limits) -> None:
    check = check_speech((), FOUR_DIGITS, replace(limits, speech_seconds_per_word_min=0.0))

    assert (check.result, check.reason) == (CheckResult.FAIL, Reason.SPEECH_UNCLEAR)


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (Challenge("zh", digits="0471"), 4),
        (Challenge("en", sentence="Hi, I'm here."), 3),
        (Challenge("zh", sentence="我是本人，我很好。"), 7),
    ],
)
def test_words_are_counted_as_they_are_spoken(challenge: Challenge, words: int) -> None:
    assert words_asked(challenge) == words
