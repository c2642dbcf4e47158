"""Was said what was asked? By likelihood, not by transcription: the asked words must hold their own against all others.

MODELS §3. A clip is encoded once; on it, any number of strings can be scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from verify_service.biometrics.evidence import Challenge, Check, CheckResult, Locale, Sound, SpeechSpan
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.digit_search import Cohort, DigitSearch, Form, Habit, Opening, Reading
from verify_service.biometrics.liveness.sentence_gain import SentenceGain
from verify_service.biometrics.liveness.speech_decoder import Memory
from verify_service.biometrics.liveness.speech_model import ROLE, SpeechModel
from verify_service.biometrics.liveness.spoken_text import DIGITS, DigitWriting
from verify_service.biometrics.reasons import Reason

NAME = "challenge"
FIT_NAME = "digits_fit"
SEARCH_WIDTH = 6  # beginnings that go on at each digit


@dataclass(frozen=True)
class Heard:
    """A clip's speech, encoded once, in the language that was asked for. `memory` is None where nobody speaks.

    `searched` keeps what was searched already, by the strings in question, so that many strings are scored on one clip cheaply.
    """

    locale: Locale
    memory: Memory | None
    searched: dict[Cohort, tuple[Opening, tuple[Reading, ...]]] = field(default_factory=dict, compare=False, repr=False)


class Listener:
    """The eye's ear: `hear` once a clip, then `check` what was asked. The same sound and words give the same score."""

    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        self._searches = {locale: _search(model, writing) for locale, writing in DIGITS.items()}
        silence = model.silence()
        self._sentences = SentenceGain(model, silence)
        self._habits: dict[Locale, Habit] = {
            locale: search.habit(silence, model.open(silence, [model.opening(locale)]))
            for locale, search in self._searches.items()
        }

    def hear(self, sound: Sound, spans: Sequence[SpeechSpan], locale: Locale) -> Heard:
        """Encode the speech. Raises ValueError for sound that is not 16 kHz or not finite."""
        return Heard(locale, self._model.hear(sound, spans))

    def score(self, heard: Heard, challenge: Challenge) -> float | None:
        """How well the asked words hold their own, a natural logarithm; None where nobody speaks.

        Digits: the log-odds of the asked string against all others that may be asked together, so that at -3 or more about
        twenty strings can pass on one clip, whatever is said in it: `digits_fit` is for clips in which
        no digit is said. Sentences: what hearing the sound adds to a token's
        log-probability, see `SentenceGain`.
        Raises ValueError for a challenge in another language than the sound was heard in.
        """
        if challenge.locale != heard.locale:
            raise ValueError(f"heard in {heard.locale}, asked in {challenge.locale}")
        if heard.memory is None:
            return None
        if challenge.digits is not None:
            return self._digits_margins(heard, heard.memory, [challenge.digits])[0]
        return self._sentences.score(heard.memory, challenge.locale, challenge.sentence or "")

    def check(self, heard: Heard, challenge: Challenge, limits: Limits) -> list[Check]:
        """The check `challenge`, and for digits `digits_fit`. A score equal to its limit passes."""
        checks = [self._words(heard, challenge, limits)]
        if challenge.digits is None:
            return checks
        fit, limit = self.fit(heard, challenge), limits.digits_fit_min
        if fit is None or not np.isfinite(fit):
            return [*checks, Check(FIT_NAME, CheckResult.INCONCLUSIVE, None, limit, Reason.SPEECH_UNCLEAR, ROLE)]
        passed = fit >= limit
        result, reason = (CheckResult.PASS, None) if passed else (CheckResult.FAIL, Reason.WRONG_WORDS)
        return [*checks, Check(FIT_NAME, result, fit, limit, reason, ROLE)]

    def fit(self, heard: Heard, challenge: Challenge) -> float | None:
        """How well the asked digits fit what is heard, whatever else may have been said (`DigitSearch.fit`); None for sentences,
        which are held against silence anyway, and where nobody speaks."""
        if heard.memory is None or challenge.digits is None:
            return None
        opening, _readings = self._searched(heard, heard.memory, self.cohort(heard.locale, challenge.digits))
        return self._searches[heard.locale].fit(heard.memory, opening, challenge.digits)

    def _words(self, heard: Heard, challenge: Challenge, limits: Limits) -> Check:
        limit = limits.digits_margin_min if challenge.digits is not None else limits.sentence_gain_min
        score = self.score(heard, challenge)
        if score is None or not np.isfinite(score):
            return Check(NAME, CheckResult.INCONCLUSIVE, None, limit, Reason.SPEECH_UNCLEAR, ROLE)
        if score < limit:
            return Check(NAME, CheckResult.FAIL, score, limit, Reason.WRONG_WORDS, ROLE)
        return Check(NAME, CheckResult.PASS, score, limit, model=ROLE)

    def score_each(self, heard: Heard, strings: Sequence[str]) -> list[float] | None:
        """`score` of many strings of digits of one length on one clip, in a few passes: for measuring false acceptance."""
        return None if heard.memory is None else self._digits_margins(heard, heard.memory, strings)

    def readings(self, heard: Heard, asked: str) -> tuple[Reading, ...]:
        """The likeliest strings of those that `asked` is held against, best first; none where nobody speaks."""
        return () if heard.memory is None else self._searched(heard, heard.memory, self.cohort(heard.locale, asked))[1]

    def cohort(self, locale: Locale, asked: str) -> Cohort:
        """The strings that `asked` is held against."""
        return Cohort.of(asked, DIGITS[locale].asked)

    def _searched(self, heard: Heard, memory: Memory, cohort: Cohort) -> tuple[Opening, tuple[Reading, ...]]:
        if cohort not in heard.searched:
            search, habit = self._searches[heard.locale], self._habits[heard.locale]
            opening = self._model.open(memory, self._leads(heard.locale))
            heard.searched[cohort] = opening, search.likeliest(memory, opening, habit, cohort)
        return heard.searched[cohort]

    def _digits_margins(self, heard: Heard, memory: Memory, strings: Sequence[str]) -> list[float]:
        margins: dict[str, float] = {}
        for cohort in dict.fromkeys(self.cohort(heard.locale, string) for string in strings):
            alike = [string for string in dict.fromkeys(strings) if self.cohort(heard.locale, string) == cohort]
            margins |= self._margins_in(heard, memory, cohort, alike)
        return [margins[string] for string in strings]

    def _margins_in(self, heard: Heard, memory: Memory, cohort: Cohort, strings: Sequence[str]) -> dict[str, float]:
        search, habit = self._searches[heard.locale], self._habits[heard.locale]
        opening, readings = self._searched(heard, memory, cohort)
        found = {reading.digits: reading.log_likelihood for reading in readings}
        # What was said is among what was found; only strings that were not must be scored for themselves.
        rest = [string for string in strings if string not in found]
        scores = found | (
            dict(zip(rest, search.likelihoods(memory, opening, habit, rest), strict=True)) if rest else {}
        )
        others = {asked: [score for other, score in found.items() if other != asked] for asked in strings}
        return {asked: scores[asked] - float(np.logaddexp.reduce(others[asked])) for asked in strings}

    def _leads(self, locale: Locale) -> list[tuple[int, ...]]:
        opening = self._model.opening(locale)
        return [(*opening, *self._model.tokens(lead)) for lead in DIGITS[locale].leads]


def _search(model: SpeechModel, writing: DigitWriting) -> DigitSearch:
    forms = [Form(str(digit), model.tokens(text)) for digit, texts in enumerate(writing.forms) for text in texts]
    return DigitSearch(model.decoder, forms, [*model.tokens(writing.full_stop), model.end], SEARCH_WIDTH)
