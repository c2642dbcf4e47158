"""Which digits were said: the likeliest strings of a given length, and the likelihood of one string that was asked for.

The cohort that an asked string is held against is every other string of its length. It is searched, not drawn: at each
digit the likeliest beginnings go on, as in a beam search, but over ten digits instead of 51,865 tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.liveness.speech_decoder import Floats, Memory, Past, SpeechDecoder, padded

ROWS_AT_A_TIME = 64  # of texts that are scored side by side
# Share of the model's own habit that is taken off (internal language model subtraction, as in shallow fusion): unheard, it
# prefers 1 2 3 and 8 8 8. Of 24 GRID strings it brings one or two more to the top; beyond 0.3 it costs Mandarin ones.
HABIT_WEIGHT = np.float32(0.3)


@dataclass(frozen=True)
class Form:
    """A way to say a digit, as tokens; what follows the first token is taken as certain once that is heard."""

    digit: str
    tokens: tuple[int, ...]


@dataclass(frozen=True)
class Opening:
    """Texts at the point where the digits begin, a row for each phrase that may lead to them: past and state (B × width)."""

    past: Past
    states: Floats


@dataclass(frozen=True)
class Habit:
    """Which digits the model expects where it hears nothing: log-probabilities of the first form (F) and after each (F × F)."""

    first: Floats
    following: Floats


@dataclass(frozen=True)
class Reading:
    """A string of digits, and the logarithm of its probability among all strings, less the share of habit."""

    digits: str
    log_likelihood: float


@dataclass(frozen=True)
class Cohort:
    """The strings that an asked one is held against: of `length`, out of these digits, with or without one twice in a row.

    A string that no challenge asks for need not be refuted: under noise the model likes 0000 and 1111.
    """

    length: int
    digits: str
    repeats: bool

    @classmethod
    def of(cls, asked: str, digits: str) -> Cohort:
        """Strings like `asked`: of `digits` or, where it has another, of all ten; with repeats where it has one."""
        known = digits if set(asked) <= set(digits) else "0123456789"
        return cls(len(asked), known, any(a == b for a, b in pairwise(asked)))

    @property
    def size(self) -> int:
        """How many strings these are."""
        first = len(self.digits)
        after = first if self.repeats else first - 1
        count: int = first * after ** max(0, self.length - 1)
        return count


@dataclass(frozen=True)
class _Beam:
    digits: tuple[str, ...]
    scores: Floats
    states: Floats
    past: Past
    last: NDArray[np.int64] | None = None  # the form each text ends in


class DigitSearch:
    """`width` beginnings are kept at each digit. Equal scores keep the order of the digits: the search is deterministic.

    What may come next is a digit or the end; that the text ends after the last digit is part of a string's likelihood.
    Without it a string passes that is only the beginning of what was said, or runs on after the speaker has stopped.
    """

    def __init__(self, decoder: SpeechDecoder, forms: Sequence[Form], ends: Sequence[int], width: int) -> None:
        self._decoder, self._forms, self._width = decoder, tuple(forms), width
        self._among = [form.tokens[0] for form in forms] + list(ends)
        if len(set(self._among)) != len(self._among):
            raise ValueError("two forms of digits, or a digit and an end, begin with the same token")

    def habit(self, silence: Memory, opening: Opening) -> Habit:
        """What the model would say without hearing anything, from the opening's first row."""
        count = len(self._forms)
        beginning = opening.past.take([0] * count)
        tokens, filled = padded([form.tokens for form in self._forms])
        states, _past = self._decoder.advance(silence, beginning, tokens, filled)
        after = states[np.arange(count), filled.sum(1) - 1]
        logs = self._decoder.log_probabilities(np.concatenate([opening.states[:1], after]), self._among[:count])
        return Habit(logs[0], logs[1:])

    def likeliest(self, memory: Memory, opening: Opening, habit: Habit, cohort: Cohort) -> tuple[Reading, ...]:
        """The likeliest strings of the cohort, best first, at most `width` of them."""
        if cohort.length < 1:
            raise ValueError("a string of no digits has no likelihood")
        rows = len(opening.states)
        beam = _Beam(("",) * rows, np.zeros(rows, np.float32), opening.states, opening.past)
        for _place in range(cohort.length):
            beam = self._extend(memory, beam, habit, cohort)
        ends = self._decoder.log_probabilities(beam.states, self._among)[:, len(self._forms) :]
        scores = beam.scores + np.logaddexp.reduce(ends, axis=1)
        best: dict[str, float] = {}
        for row in np.argsort(-scores, kind="stable"):
            best.setdefault(beam.digits[row], float(scores[row]))
        return tuple(Reading(digits, score) for digits, score in best.items())

    def likelihoods(self, memory: Memory, opening: Opening, habit: Habit, strings: Sequence[str]) -> tuple[float, ...]:
        """The log-likelihood of each string, in the likeliest of its forms and openings. All are of one length."""
        if len({len(string) for string in strings}) != 1 or not strings[0]:
            raise ValueError("only strings of one length, of a digit or more, can be held against each other")
        best = dict.fromkeys(strings, -np.inf)
        texts = [(string, text) for string in strings for text in self._texts(string)]
        rows = [(lead, string, text) for lead in range(len(opening.states)) for string, text in texts]
        for begin in range(0, len(rows), ROWS_AT_A_TIME):
            part = rows[begin : begin + ROWS_AT_A_TIME]
            for (_lead, string, _text), score in zip(part, self._scores(memory, opening, habit, part), strict=True):
                best[string] = max(best[string], float(score))
        return tuple(best[string] for string in strings)

    def fit(self, memory: Memory, opening: Opening, digits: str) -> float:
        """How well the digits fit what is heard, whatever else might be said: the mean of the logarithms of their probabilities
        among the commonest words of the language, at most 0, in the likeliest of their forms and openings.

        The search asks which string of digits is likeliest, and one of them always is, even where somebody talks of the
        weather. Measured on 21 clips without a digit: of 4,200 strings 66 lay within -3 of all others, and none of them fit by -3.
        """
        texts = self._texts(digits)
        rows = [(lead, digits, text) for lead in range(len(opening.states)) for text in texts]
        before, forms = self._before(memory, opening, rows)
        tokens = np.array([form.tokens[0] for form in self._forms], np.int64)[forms]
        states = before[:, :-1].reshape(-1, before.shape[-1])
        logs = self._decoder.log_probability_of_each(states, tokens.reshape(-1)).reshape(tokens.shape)
        # That the text ends here belongs to it: what goes on after the digits fits less well (of the beginnings of longer strings
        # half still pass: challenges are of one length).
        ends = [
            self._decoder.log_probability_of_each(before[:, -1], np.full(len(before), end, np.int64))
            for end in self._among[len(self._forms) :]
        ]
        return float(np.column_stack([logs, np.logaddexp.reduce(ends, axis=0)]).mean(axis=1).max())

    def _texts(self, digits: str) -> list[tuple[int, ...]]:
        """A string as forms: whoever says 幺 for one says so each time, so a digit keeps its form through the string."""
        forms = {
            digit: [index for index, form in enumerate(self._forms) if form.digit == digit] for digit in set(digits)
        }
        ways = [dict(zip(forms, way, strict=True)) for way in product(*forms.values())]
        return [tuple(way[digit] for digit in digits) for way in ways]

    def _scores(
        self, memory: Memory, opening: Opening, habit: Habit, rows: Sequence[tuple[int, str, tuple[int, ...]]]
    ) -> Floats:
        before, forms = self._before(memory, opening, rows)
        logs = self._decoder.log_probabilities(before, self._among)
        heard = np.take_along_axis(logs[:, :-1], forms[..., None], axis=2)[..., 0].sum(1)
        expected = habit.first[forms[:, 0]] + habit.following[forms[:, :-1], forms[:, 1:]].sum(1)
        ends = np.logaddexp.reduce(logs[:, -1, len(self._forms) :], axis=1)
        scores: Floats = heard - HABIT_WEIGHT * expected + ends
        return scores

    def _before(
        self, memory: Memory, opening: Opening, rows: Sequence[tuple[int, str, tuple[int, ...]]]
    ) -> tuple[Floats, NDArray[np.int64]]:
        """The decoder's state before each digit of each text and after its last, and the texts' forms."""
        leads, forms = [lead for lead, _string, _text in rows], np.array([text for _lead, _string, text in rows])
        tokens, filled = padded([[t for form in text for t in self._forms[form].tokens] for _l, _s, text in rows])
        states, _past = self._decoder.advance(memory, opening.past.take(leads), tokens, filled)
        lengths = np.array([len(form.tokens) for form in self._forms])[forms]
        after = np.take_along_axis(states, lengths.cumsum(1)[..., None] - 1, axis=1)
        return np.concatenate([opening.states[leads][:, None], after], axis=1), forms

    def _extend(self, memory: Memory, beam: _Beam, habit: Habit, cohort: Cohort) -> _Beam:
        """Every beginning by every form, of which the likeliest `width` go on."""
        count = len(self._forms)
        expected = habit.first if beam.last is None else habit.following[beam.last]
        heard = self._decoder.log_probabilities(beam.states, self._among)[:, :count] - HABIT_WEIGHT * expected
        scores = np.where(self._allowed(beam, cohort), beam.scores[:, None] + heard, -np.inf)
        kept = min(self._width, int(np.isfinite(scores).sum()))
        rows, columns = np.unravel_index(np.argsort(-scores, axis=None, kind="stable")[:kept], scores.shape)
        tokens, filled = padded([self._forms[column].tokens for column in columns])
        states, past = self._decoder.advance(memory, beam.past.take(rows), tokens, filled)
        return _Beam(
            digits=tuple(
                beam.digits[row] + self._forms[column].digit for row, column in zip(rows, columns, strict=True)
            ),
            scores=scores[rows, columns],
            states=states[np.arange(kept), filled.sum(1) - 1],
            past=past,
            last=columns,
        )

    def _allowed(self, beam: _Beam, cohort: Cohort) -> NDArray[np.bool_]:
        """Which form may follow which beginning in a string of the cohort: beginnings × forms."""
        digits = np.array([form.digit for form in self._forms])
        known = np.isin(digits, list(cohort.digits))[None]
        if cohort.repeats:
            return np.repeat(known, len(beam.digits), axis=0)
        last = np.array([text[-1:] for text in beam.digits])
        return np.asarray(known & (digits[None] != last[:, None]))
