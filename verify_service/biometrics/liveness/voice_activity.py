"""Does somebody speak, and when: the spans of speech in a clip's sound, and the two checks that stand before the challenge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Challenge, Check, CheckResult, Sound, SpeechSpan, Vector
from verify_service.biometrics.inference.onnx import InferenceSession
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

ROLE = "voice_activity"
RATE_HZ = 16_000
WINDOW = 512  # samples the net reads at a time: 32 ms
CONTEXT = 64  # samples of the window before, which it reads with them

# Silero's own rule (get_speech_timestamps): speech begins at 0.5 and ends below 0.35. Its shortest span of 250 ms would
# drop a single digit, spoken alone: the GRID digits last from 0.15 s.
BEGINS_AT_PROBABILITY = 0.5
ENDS_BELOW_PROBABILITY = 0.35
SHORTEST_SPAN_SECONDS = 0.1
SHORTEST_PAUSE_SECONDS = 0.1
MARGIN_SECONDS = 0.03  # a consonant's onset lies before the window in which the net is sure

QUIETEST_DBFS = -120.0  # a silence of zeros has no logarithm
LEVEL_WINDOW = RATE_HZ // 10


class VoiceActivity:
    """Silero VAD (manifest role `voice_activity`), a recurrent net over windows of 32 ms of sound at 16 kHz."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def spans(self, sound: Sound) -> tuple[SpeechSpan, ...]:
        """The stretches of speech in order, on the clip's timeline. Sound that is empty or not finite holds none.

        Raises ValueError for a rate other than 16 kHz.
        """
        if sound.rate_hz != RATE_HZ:
            raise ValueError(f"the sound has {sound.rate_hz} samples a second; the net hears {RATE_HZ}")
        if not len(sound.samples) or not np.isfinite(sound.samples).all():
            return ()
        windows = speech_windows(self.probabilities(sound.samples))
        return tuple(_span(begin, end, sound) for begin, end in windows)

    def probabilities(self, samples: Vector) -> NDArray[np.float64]:
        """The probability of speech in each window of 512 samples; the last window is filled up with zeros."""
        count = -(-len(samples) // WINDOW)
        # The first window's context is silence.
        padded = np.zeros(CONTEXT + count * WINDOW, np.float32)
        padded[CONTEXT : CONTEXT + len(samples)] = np.clip(samples, -1.0, 1.0)
        state = np.zeros((2, 1, 128), np.float32)
        probabilities = np.empty(count)
        for index in range(count):
            window = padded[None, index * WINDOW : index * WINDOW + CONTEXT + WINDOW]
            output, state = self._session.run({"input": window, "state": state, "sr": np.array(RATE_HZ, np.int64)})
            probabilities[index] = output[0, 0]
        return probabilities


def speech_windows(probabilities: Iterable[float]) -> list[tuple[int, int]]:
    """From probabilities a window to spans of windows, begin and end (excluded): hysteresis, pauses bridged, blips dropped."""
    seconds = WINDOW / RATE_HZ
    spans: list[tuple[int, int]] = []
    for begin, end in _runs(probabilities):
        if spans and (begin - spans[-1][1]) * seconds < SHORTEST_PAUSE_SECONDS:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return [(begin, end) for begin, end in spans if (end - begin) * seconds >= SHORTEST_SPAN_SECONDS]


def _runs(probabilities: Iterable[float]) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    index = -1
    for index, probability in enumerate(probabilities):
        if begin is None and probability >= BEGINS_AT_PROBABILITY:
            begin = index
        elif begin is not None and probability < ENDS_BELOW_PROBABILITY:
            yield begin, index
            begin = None
    if begin is not None:
        yield begin, index + 1


def _span(begin: int, end: int, sound: Sound) -> SpeechSpan:
    seconds = WINDOW / RATE_HZ
    begins_at = max(0.0, begin * seconds - MARGIN_SECONDS)
    ends_at = min(sound.seconds, end * seconds + MARGIN_SECONDS)
    return SpeechSpan(sound.starts_at + begins_at, sound.starts_at + ends_at)


def speech_seconds(spans: Iterable[SpeechSpan]) -> float:
    """How long somebody speaks, in seconds, margins included."""
    return sum(span.ends_at - span.begins_at for span in spans)


def loudness_dbfs(samples: Vector) -> float:
    """The level of the loudest tenth of a second in dB below full scale (0 is full scale); −120 for digital silence.

    The loudest, not the mean: a person who speaks for two of fifteen seconds is not quiet.
    """
    windows = [samples[at : at + LEVEL_WINDOW] for at in range(0, len(samples), LEVEL_WINDOW)]
    power = max((float(np.mean(np.square(w, dtype=np.float64))) for w in windows), default=0.0)
    return max(QUIETEST_DBFS, 10 * float(np.log10(power))) if power > 0 else QUIETEST_DBFS


def check_sound(sound: Sound | None, limits: Limits) -> Check:
    """Is there sound at all? The score is `loudness_dbfs`; inconclusive where the clip has no usable track of sound."""
    limit = limits.sound_level_dbfs_min
    if sound is None or not len(sound.samples) or not np.isfinite(sound.samples).all():
        return Check("sound", CheckResult.INCONCLUSIVE, None, limit, Reason.NO_SOUND)
    level = loudness_dbfs(sound.samples)
    if level < limit:
        return Check("sound", CheckResult.FAIL, level, limit, Reason.NO_SOUND)
    return Check("sound", CheckResult.PASS, level, limit)


def check_speech(spans: tuple[SpeechSpan, ...], challenge: Challenge, limits: Limits) -> Check:
    """Is there speech enough to hold what was asked? The score is seconds of speech for each digit, word or syllable asked."""
    limit = limits.speech_seconds_per_word_min
    score = speech_seconds(spans) / max(1, words_asked(challenge))
    if not spans or score < limit:
        return Check("speech", CheckResult.FAIL, score, limit, Reason.SPEECH_UNCLEAR, ROLE)
    return Check("speech", CheckResult.PASS, score, limit, model=ROLE)


def words_asked(challenge: Challenge) -> int:
    """Digits, words of an English sentence, or characters (syllables) of a Chinese one."""
    if challenge.digits is not None:
        return len(challenge.digits)
    sentence = challenge.sentence or ""
    if challenge.locale == "zh":
        return sum(character.isalnum() for character in sentence)
    return len(sentence.split())
