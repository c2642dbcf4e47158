"""Which strings are tried under which conditions: everything in clean sound, a fixed sample of all speakers in the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from scripts.evaluation.hearing import Trial
from scripts.evaluation.sound_conditions import CLEAN, NAMES
from scripts.evaluation.utterances import Utterance, drawn
from verify_service.biometrics.evidence import Locale
from verify_service.biometrics.liveness.spoken_text import DIGITS

# How many strings of each corpus are tried under each condition that is not clean, spread over its speakers.
SAMPLED = {"grid": 8, "fsdd": 36, "mandarin": 12, "kokoro": 64}
SAMPLED_QUICK = {"grid": 2, "fsdd": 6, "mandarin": 4}
CLEAN_QUICK = {"grid": 6, "fsdd": 6, "mandarin": 6}
CONDITIONS_QUICK = (CLEAN, "noise 5 dB", "second talker 5 dB", "reverberant")
RANDOM_STRINGS, RANDOM_STRINGS_QUICK = 26, 8  # wrong ones a sampled string: 120 × 26 = 3,120


def trials(utterances: Sequence[Utterance], seed: int, *, quick: bool) -> list[Trial]:
    """Clean first. The sampled strings carry wrong strings where they are clean: random ones and three neighbours a place."""
    sampled = set(_spread(utterances, SAMPLED_QUICK if quick else SAMPLED))
    clean = _spread(utterances, CLEAN_QUICK) if quick else utterances
    random = RANDOM_STRINGS_QUICK if quick else RANDOM_STRINGS
    order = {utterance: index for index, utterance in enumerate(utterances)}
    planned = []
    for condition in CONDITIONS_QUICK if quick else NAMES:
        for utterance in clean if condition == CLEAN else sorted(sampled, key=order.__getitem__):
            chance = np.random.default_rng([seed, 3, order[utterance]])
            wrong = wrong_strings(utterance, random, chance) if utterance in sampled else ()
            other = _another(utterances, utterance)
            planned.append(
                Trial(utterance, condition, other, wrong if condition == CLEAN else (), seed=order[utterance])
            )
    return planned


def wrong_strings(said: Utterance, random: int, chance: np.random.Generator) -> tuple[str, ...]:
    """Strings that were not said and may be asked: `random` ones, then up to three one-digit neighbours for each place."""
    digits, known = said.digits, DIGITS[said.locale].asked
    found: list[str] = []
    while len(found) < random:
        string = drawn(chance, len(digits), known)
        if string != digits:
            found.append(string)
    for place, digit in enumerate(digits):
        others = (f"{digits[:place]}{other}{digits[place + 1 :]}" for other in chance.permutation(list(known)))
        found += [string for string in others if string[place] != digit and may_be_asked(string, said.locale)][:3]
    return tuple(found)


def may_be_asked(digits: str, locale: Locale) -> bool:
    """Would a challenge ask for this string? None twice in a row, no 一 in Mandarin."""
    return set(digits) <= set(DIGITS[locale].asked) and all(a != b for a, b in pairwise(digits))


def is_neighbour(said: str, asked: str) -> bool:
    """Do they differ in exactly one digit?"""
    return sum(a != b for a, b in zip(said, asked, strict=True)) == 1


def _spread(utterances: Sequence[Utterance], counts: dict[str, int]) -> list[Utterance]:
    """So many of each corpus at even distances; those of a corpus go round its speakers, so that each is among them."""
    chosen: list[Utterance] = []
    for corpus, count in counts.items():
        all_of = [utterance for utterance in utterances if utterance.corpus == corpus]
        # An odd step between blocks of speakers would miss some: whole rounds are taken instead.
        speakers = len({utterance.speaker for utterance in all_of})
        rounds = max(1, len(all_of) // speakers)
        wanted = max(1, count // speakers)
        for index in range(wanted):
            begin = index * rounds // wanted * speakers
            chosen += all_of[begin : begin + speakers]
    return chosen


def _another(utterances: Sequence[Utterance], utterance: Utterance) -> Utterance:
    """The next string of another speaker in the same language: the second talker."""
    at = utterances.index(utterance)
    for other in [*utterances[at + 1 :], *utterances[:at]]:
        if other.speaker != utterance.speaker and other.locale == utterance.locale:
            return other
    raise ValueError(f"nobody but {utterance.speaker} speaks {utterance.locale}")
