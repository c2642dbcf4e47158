"""Which digits were said: the likeliest strings of a given length, and the likelihood of one string that was asked for.

The cohort that an asked string is held against is every other string of its length. It is searched, not drawn: at each
digit the likeliest beginnings go on, as in a beam search, but over ten digits instead of 51,865 tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verify_service.biometrics.liveness.speech_decoder import Floats, Memory, Past, SpeechDecoder

Forms = Sequence[Sequence[tuple[int, ...]]]  # for each digit 0 to 9 its forms, each one or more tokens
ALL_DIGITS = "0123456789"


@dataclass(frozen=True)
class Start:
    """A text at the point where the digits begin: what was said before, and the decoder's state there (width)."""

    past: Past
    state: Floats


@dataclass(frozen=True)
class Reading:
    """A string of digits and the natural logarithm of its probability among all strings of digits of its length."""

    digits: str
    log_probability: float


@dataclass(frozen=True)
class _Beam:
    digits: tuple[str, ...]
    scores: Floats
    states: Floats
    past: Past


class DigitSearch:
    """`width` beginnings are kept at each digit. Equal scores keep the order of the digits: the search is deterministic."""

    def __init__(self, decoder: SpeechDecoder, forms: Forms, width: int) -> None:
        self._decoder, self._width = decoder, width
        self._forms = [(str(digit), form) for digit, digit_forms in enumerate(forms) for form in digit_forms]
        self._first_tokens = [form[0] for _digit, form in self._forms]
        if len(set(self._first_tokens)) != len(self._first_tokens):
            # A form's further tokens are taken as certain once its first is heard.
            raise ValueError("two forms of digits begin with the same token")

    def likeliest(self, memory: Memory, start: Start, length: int) -> tuple[Reading, ...]:
        """The likeliest strings of `length` digits, best first, at most `width` of them."""
        return self._search(memory, start, [ALL_DIGITS] * length)

    def likelihood(self, memory: Memory, start: Start, digits: str) -> float:
        """The log-probability of one string, in the likeliest of its forms."""
        return self._search(memory, start, list(digits))[0].log_probability

    def _search(self, memory: Memory, start: Start, choices: Sequence[str]) -> tuple[Reading, ...]:
        if not choices:
            raise ValueError("a string of no digits has no likelihood")
        beam = _Beam(("",), np.zeros(1, np.float32), start.state[None], start.past)
        for place, choice in enumerate(choices):
            beam = self._extend(memory, beam, choice, is_last=place == len(choices) - 1)
        best: dict[str, float] = {}
        for digits, score in zip(beam.digits, beam.scores, strict=True):
            best.setdefault(digits, float(score))  # best first: another form of the same digits adds nothing
        return tuple(Reading(digits, score) for digits, score in best.items())

    def _extend(self, memory: Memory, beam: _Beam, choice: str, *, is_last: bool) -> _Beam:
        """Every beginning by every allowed form, of which the likeliest `width` go on."""
        among = self._decoder.log_probabilities(beam.states, self._first_tokens)
        allowed = np.array([digit in choice for digit, _form in self._forms])
        scores = np.where(allowed, beam.scores[:, None] + among, -np.inf)
        order = np.argsort(-scores, axis=None, kind="stable")[: min(self._width, len(beam.digits) * int(allowed.sum()))]
        rows, columns = np.unravel_index(order, scores.shape)
        digits = tuple(beam.digits[row] + self._forms[column][0] for row, column in zip(rows, columns, strict=True))
        kept = scores[rows, columns].astype(np.float32)
        past = beam.past.take(rows)
        if is_last:  # what would come after the last digit is not asked
            return _Beam(digits, kept, beam.states[rows], past)
        tokens, filled = padded([self._forms[column][1] for column in columns])
        states, past = self._decoder.advance(memory, past, tokens, filled)
        return _Beam(digits, kept, states[np.arange(len(rows)), filled.sum(1) - 1], past)


def padded(
    rows: Sequence[Sequence[int]],
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int64]], np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """Rows of tokens side by side, filled up with token 0, and where they are real."""
    width = max(len(row) for row in rows)
    tokens, filled = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.bool_)
    for index, row in enumerate(rows):
        tokens[index, : len(row)], filled[index, : len(row)] = row, True
    return tokens, filled
