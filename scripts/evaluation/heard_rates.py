"""How often right and wrong strings pass, and what a clip fits beside its own: counts over hearings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from scripts.evaluation.hearing import Hearing
from scripts.evaluation.strings import is_neighbour, may_be_asked
from verify_service.biometrics.liveness.digit_search import Cohort
from verify_service.biometrics.liveness.spoken_text import DIGITS
from verify_service.evaluation.intervals import Rate

CORPORA: Mapping[str, str] = {
    "grid": "GRID, one man, digits cut together",
    "fsdd": "FSDD, six people, single digits joined",
    "mandarin": "Mandarin, four voices (synthetic)",
    "kokoro": "Mandarin, eight voices (synthetic)",
}
NOT_ASKED = "; with 一 or a digit twice in a row, which no challenge asks"
CONFUSED_WITHIN = 4.0  # nats of the right string
Group = Sequence[Hearing]


def right(group: Group, limit: float) -> Rate:
    """Right strings that pass."""
    return Rate.of(sum(one.passes(limit) for one in group), len(group))


def after_a_repeat(group: Group, limit: float) -> Rate:
    """Right strings that pass, or whose speaker's next string does: another recording, under the same condition."""
    passed = []
    for same in grouped(group, lambda one: (one.trial.utterance.speaker, one.trial.condition)).values():
        results = [one.passes(limit) for one in same]
        again = results[1:] + results[:1]
        passed += [first or (second and len(results) > 1) for first, second in zip(results, again, strict=True)]
    return Rate.of(sum(passed), len(passed))


def wrong(group: Group, limit: float, random: int, *, neighbours: bool) -> Rate | None:
    """Wrong strings that pass: of the random ones (`random` a trial), or of those that differ in one digit."""
    hits = []
    for one in group:
        said = one.trial.utterance.digits
        for index, (asked, margin) in enumerate(zip(one.trial.wrong, one.wrong, strict=False)):
            chosen = index >= random and is_neighbour(said, asked) if neighbours else index < random
            if chosen:
                hits.append(margin >= limit)
    return Rate.of(sum(hits), len(hits)) if hits else None


def fitting(group: Group, limit: float) -> tuple[float, float]:
    """How many strings a clip fits beside the one that was said: the mean, and as a share of the strings that may be asked."""
    counts = [len(one.others(limit)) for one in group]
    strings = [Cohort.of(one.trial.utterance.digits, DIGITS[one.trial.utterance.locale].asked).size for one in group]
    shares = [count / size for count, size in zip(counts, strings, strict=True)]
    return float(np.mean(counts)), float(np.mean(shares))


def grouped(hearings: Iterable[Hearing], by: Callable[[Hearing], Hashable]) -> dict[Any, list[Hearing]]:
    groups: dict[Any, list[Hearing]] = {}
    for one in hearings:
        groups.setdefault(by(one), []).append(one)
    return groups


def by_set(hearings: Iterable[Hearing]) -> dict[str, list[Hearing]]:
    return grouped(hearings, set_of)


def set_of(one: Hearing) -> str:
    """The corpus, and whether a challenge would ask for the string."""
    said = one.trial.utterance
    return f"{CORPORA[said.corpus]}{'' if may_be_asked(said.digits, said.locale) else NOT_ASKED}"


def as_asked(hearings: Iterable[Hearing]) -> list[Hearing]:
    """Those whose strings a challenge would ask for."""
    return [one for one in hearings if may_be_asked(one.trial.utterance.digits, one.trial.utterance.locale)]


def confusions(hearings: Group) -> Counter[tuple[str, str, str]]:
    """Language, said, and the one other digit of a string that was nearly or more than as likely as the right one."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in hearings:
        said, scores = one.trial.utterance.digits, dict(one.readings)
        own = scores.get(said, -np.inf)
        for string, score in scores.items():
            if is_neighbour(said, string) and score >= own - CONFUSED_WITHIN:
                (pair,) = [(a, b) for a, b in zip(said, string, strict=True) if a != b]
                found[one.trial.utterance.locale, *pair] += 1
    return found
