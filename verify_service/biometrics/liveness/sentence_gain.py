"""Was a sentence said? By how much likelier hearing the sound makes it, a token.

The design notes (MODELS §3) hold the sentence against others of a bank. Measured here, that judges the sentences as much as
the sound: a plain wrong sentence beat odd ones by up to 1.4 a token, and of 19 right ones two by less than 0.2. Held against
itself unheard, right ones gained 2.0 to 6.8 a token and wrong ones -2.0 to 0.1 (`sentence_gain_min` in thresholds.toml).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify_service.biometrics.evidence import Locale
from verify_service.biometrics.liveness.speech_decoder import Floats, Memory, padded
from verify_service.biometrics.liveness.speech_model import SpeechModel

# Each third must be heard: of a sentence broken off in the middle the mean is still 0.9 to 3.9, the weakest third 0.2 at most.
PARTS = 3


# Sentences come out of a bank: what the model makes of one unheard is computed once. 512 take 70 kB.
REMEMBERED = 512


class SentenceGain:
    def __init__(self, model: SpeechModel, silence: Memory) -> None:
        self._model, self._silence = model, silence
        self._unheard: dict[tuple[Locale, tuple[int, ...]], Floats] = {}

    def score(self, memory: Memory, locale: Locale, sentence: str) -> float:
        """The least gain of the sentence's thirds: mean of log P(token | sound) - log P(token | silence), natural logarithms.

        The end of the text counts as its last token. Raises ValueError for a sentence without words.
        """
        tokens = self._model.tokens(sentence.strip() if locale == "zh" else f" {sentence.strip()}")
        if not any(character.isalnum() for character in sentence):
            raise ValueError("a sentence without words cannot be heard")
        gains = self._likelihoods(memory, locale, tokens) - self._of_silence(locale, tokens)
        return min(float(part.mean()) for part in np.array_split(gains, min(PARTS, len(gains))))

    def _of_silence(self, locale: Locale, tokens: tuple[int, ...]) -> Floats:
        key = locale, tokens
        if key not in self._unheard:
            if len(self._unheard) >= REMEMBERED:
                del self._unheard[next(iter(self._unheard))]  # the one that came first
            self._unheard[key] = self._likelihoods(self._silence, locale, tokens)
        return self._unheard[key]

    def _likelihoods(self, memory: Memory, locale: Locale, text: Sequence[int]) -> Floats:
        opening = self._model.open(memory, [self._model.opening(locale)])
        tokens, filled = padded([text])
        states, _past = self._model.decoder.advance(memory, opening.past, tokens, filled)
        before = np.concatenate([opening.states, states[0]])
        return self._model.decoder.log_probability_of_each(before, np.array([*text, self._model.end]))
