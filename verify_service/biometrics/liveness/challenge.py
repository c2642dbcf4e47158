"""Was said what was asked? By likelihood, not by transcription: the asked words must beat all others (MODELS §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from verify_service.biometrics.evidence import Challenge, Check, CheckResult, Locale, Sound, SpeechSpan
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.digit_search import DigitSearch, Reading, Start, padded
from verify_service.biometrics.liveness.speech_decoder import Memory, Past
from verify_service.biometrics.liveness.speech_model import ROLE, SpeechModel
from verify_service.biometrics.liveness.spoken_text import DIGITS, others_of_like_length, read_phrases
from verify_service.biometrics.reasons import Reason

SEARCH_WIDTH = 8
OTHER_SENTENCES = 4


@dataclass(frozen=True)
class Heard:
    """A clip's speech, encoded once, in the language that was asked for. `memory` is None where nobody speaks.

    `readings` keeps what was searched already, by the number of digits, so that many strings are scored on one clip cheaply.
    """

    locale: Locale
    memory: Memory | None
    readings: dict[int, tuple[Start, tuple[Reading, ...]]] = field(default_factory=dict, compare=False, repr=False)


class Listener:
    """The eye's ear: `hear` once a clip, then `check` what was asked. Deterministic."""

    def __init__(self, model: SpeechModel, phrases: Mapping[str, Sequence[str]] | None = None) -> None:
        self._model = model
        self._phrases = read_phrases() if phrases is None else phrases
        self._searches = {
            locale: DigitSearch(
                model.decoder,
                [[model.tokens(form) for form in forms] for forms in writing.forms],
                SEARCH_WIDTH,
            )
            for locale, writing in DIGITS.items()
        }

    def hear(self, sound: Sound, spans: Sequence[SpeechSpan], locale: Locale) -> Heard:
        """Encode the speech. Raises ValueError for sound that is not 16 kHz or not finite."""
        return Heard(locale, self._model.hear(sound, spans))

    def score(self, heard: Heard, challenge: Challenge) -> float | None:
        """How much likelier the asked words are than the best others, a logarithm; None where nobody speaks.

        Digits: log-probability of the asked string less that of the likeliest other string of its length. Sentences: mean
        log-probability of a token of the asked sentence less that of the likeliest of others of like length.
        Raises ValueError for a challenge in another language than the sound was heard in.
        """
        if challenge.locale != heard.locale:
            raise ValueError(f"heard in {heard.locale}, asked in {challenge.locale}")
        if heard.memory is None:
            return None
        if challenge.digits is not None:
            return self._digits_margin(heard, heard.memory, challenge.digits)
        return self._sentence_margin(heard.memory, challenge.locale, challenge.sentence or "")

    def check(self, heard: Heard, challenge: Challenge, limits: Limits) -> list[Check]:
        """One check, `challenge`. A margin equal to the limit passes."""
        limit = limits.digits_margin_min if challenge.digits is not None else limits.sentence_margin_min
        score = self.score(heard, challenge)
        if score is None or not np.isfinite(score):
            return [Check("challenge", CheckResult.INCONCLUSIVE, None, limit, Reason.SPEECH_UNCLEAR, ROLE)]
        if score < limit:
            return [Check("challenge", CheckResult.FAIL, score, limit, Reason.WRONG_WORDS, ROLE)]
        return [Check("challenge", CheckResult.PASS, score, limit, model=ROLE)]

    def _digits_margin(self, heard: Heard, memory: Memory, digits: str) -> float:
        search = self._searches[heard.locale]
        if len(digits) not in heard.readings:
            start = self._start(memory, self._model.opening(heard.locale))
            heard.readings[len(digits)] = start, search.likeliest(memory, start, len(digits))
        start, readings = heard.readings[len(digits)]
        best_other = max(reading.log_probability for reading in readings if reading.digits != digits)
        return search.likelihood(memory, start, digits) - best_other

    def _start(self, memory: Memory, opening: Sequence[int]) -> Start:
        tokens, filled = padded([opening])
        states, past = self._model.decoder.advance(memory, self._model.decoder.beginning(), tokens, filled)
        return Start(past, states[0, -1])

    def _sentence_margin(self, memory: Memory, locale: Locale, sentence: str) -> float:
        others = others_of_like_length(sentence, self._phrases[locale], OTHER_SENTENCES)
        start = self._start(memory, self._model.opening(locale))
        asked, *rest = (self._sentence_likelihood(memory, start, text, locale) for text in (sentence, *others))
        return asked - max(rest)

    def _sentence_likelihood(self, memory: Memory, start: Start, sentence: str, locale: Locale) -> float:
        """Mean log-probability of a token, the end of the text included."""
        tokens = self._model.tokens(sentence if locale == "zh" else f" {sentence.strip()}")
        states, _past = self._said(memory, start.past, tokens)
        logs = self._model.decoder.log_probabilities(np.concatenate([start.state[None], states]))
        return float(logs[np.arange(len(tokens) + 1), [*tokens, self._model.end]].mean())

    def _said(self, memory: Memory, past: Past, tokens: Sequence[int]) -> tuple[np.ndarray, Past]:
        rows, filled = padded([tokens])
        states, past = self._model.decoder.advance(memory, past, rows, filled)
        return states[0], past
