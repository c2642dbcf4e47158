"""Speech: are the asked digits heard, and no others? By corpus and condition, with the sentences, and the limits that follow."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from scripts.evaluation.crew import crew
from scripts.evaluation.figures import Figures, Goal, Proposal
from scripts.evaluation.goals import at_least, at_most
from scripts.evaluation.heard_rates import (
    Group,
    after_a_repeat,
    as_asked,
    by_set,
    confusions,
    fitting,
    grouped,
    right,
    set_of,
    wrong,
)
from scripts.evaluation.hearing import hear
from scripts.evaluation.other_words import other_words
from scripts.evaluation.setting import Setting
from scripts.evaluation.sound_conditions import CLEAN
from scripts.evaluation.speech_tables import (
    FIVE_DB,
    NATURAL,
    condition_table,
    confusion_table,
    curve,
    length_table,
    level_table,
    style_table,
    wrong_table,
)
from scripts.evaluation.spoken_sentences import sentence_figures
from scripts.evaluation.strings import RANDOM_STRINGS, RANDOM_STRINGS_QUICK, trials
from scripts.evaluation.utterances import utterances


def measure(setting: Setting) -> Figures:
    """All strings, clean and disturbed; then the sentences."""
    strings = utterances(setting.media, setting.seed)
    if setting.quick:
        strings = [string for string in strings if string.corpus != "kokoro"]
    planned = trials(strings, setting.seed, quick=setting.quick)
    hearings = crew(setting, "spoken digits", planned, hear)
    limit = setting.limits.digits_margin_min
    random = RANDOM_STRINGS_QUICK if setting.quick else RANDOM_STRINGS
    by_place = grouped(hearings, lambda one: (set_of(one), one.trial.condition))
    clean = [one for one in hearings if one.trial.condition == CLEAN]
    sentences, silent_of_digits = sentence_figures(setting), other_words(setting)
    return Figures(
        "speech",
        {
            "limit": limit,
            "digits": {f"{corpus}, {name}": _numbers(group, limit) for (corpus, name), group in by_place.items()},
            "lengths": _lengths(clean, limit),
            "wrong": {name: _wrong(group, limit, random) for name, group in by_set(clean).items()},
            "confusions": {f"{said} for {other}": n for (_l, said, other), n in confusions(hearings).most_common(20)},
            "cpu_seconds": _cost(clean),
            "no_digits_said": silent_of_digits.numbers,
            **sentences.numbers,
        },
        [
            condition_table(by_place, limit),
            wrong_table(clean, limit, random),
            silent_of_digits.table,
            length_table(clean, limit),
            style_table(clean, limit),
            confusion_table(hearings),
            level_table(hearings),
            *sentences.tables,
        ],
        [curve(hearings, random), *sentences.plots],
        [*_proposals(hearings, setting, random), silent_of_digits.proposal, *sentences.proposals],
        {"strings": dict(Counter(string.corpus for string in strings)), "trials": len(hearings), **sentences.data},
        [*_goals(hearings, limit, random), silent_of_digits.goal, *sentences.goals],
    )


def _numbers(group: Group, limit: float) -> dict[str, Any]:
    others, share = fitting(group, limit)
    return {
        "right": right(group, limit).numbers,
        "right_after_a_repeat": after_a_repeat(group, limit).numbers,
        "nobody_heard": sum(one.margin is None for one in group),
        "other_strings_a_clip": others,
        "share_of_strings": share,
    }


def _lengths(clean: Group, limit: float) -> dict[str, Any]:
    groups = grouped(clean, lambda one: (set_of(one), len(one.trial.utterance.digits)))
    return {f"{corpus}, {length} digits": _numbers(group, limit) for (corpus, length), group in groups.items()}


def _wrong(group: Group, limit: float, random: int) -> dict[str, Any]:
    rates = {
        "random": wrong(group, limit, random, neighbours=False),
        "neighbours": wrong(group, limit, random, neighbours=True),
    }
    return {name: rate.numbers for name, rate in rates.items() if rate is not None}


def _cost(clean: Group) -> dict[str, float]:
    seconds = np.array([one.cpu_seconds for one in clean])
    speech = np.array([one.heard_seconds for one in clean])
    return {"mean": float(seconds.mean()), "mean_heard_seconds": float(speech.mean())}


def _proposals(hearings: Group, setting: Setting, random: int) -> list[Proposal]:
    clean = [one for one in hearings if one.trial.condition == CLEAN]
    heard = [one for one in hearings if one.margin is not None]
    limits = setting.limits
    by_chance = wrong(clean, limits.digits_margin_min, random, neighbours=False)
    data = ", ".join(f"{name} {len(group)}" for name, group in by_set(clean).items())
    words = min(one.speech_seconds / len(one.trial.utterance.digits) for one in heard)
    quietest = min(one.level_dbfs for one in heard)
    return [
        Proposal(
            "digits_margin_min",
            limits.digits_margin_min,
            "own measurement: log-odds of the asked string against all others of its length",
            data,
            f"right, clean: {right(clean, limits.digits_margin_min).text}",
            f"random wrong: {by_chance.text if by_chance else '-'}",
        ),
        Proposal(
            "speech_seconds_per_word_min",
            limits.speech_seconds_per_word_min,
            f"own measurement: the fastest heard string has {words:.2f} s of speech a digit",
            data,
            f"{len(heard)} sounds",
            "not a rate",
        ),
        Proposal(
            "sound_level_dbfs_min",
            limits.sound_level_dbfs_min,
            f"own measurement: the quietest heard string has its loudest tenth of a second at {quietest:.0f} dBFS",
            data,
            f"{len(heard)} sounds",
            "not a rate",
        ),
    ]


def _goals(hearings: Group, limit: float, random: int) -> list[Goal]:
    hearings = as_asked(hearings)
    clean = [one for one in hearings if one.trial.condition == CLEAN]
    natural = [one for one in clean if one.trial.utterance.corpus in NATURAL]
    goals = [
        at_least(
            "Right digits heard, clean, in one breath, after at most one repeat", after_a_repeat(natural, limit), 0.99
        )
    ]
    goals.append(
        at_least("Right digits heard, all clean strings, after at most one repeat", after_a_repeat(clean, limit), 0.99)
    )
    for name in FIVE_DB:
        group = [one for one in hearings if one.trial.condition == name]
        goals.append(
            at_least(f"Right digits heard, {name}, after at most one repeat", after_a_repeat(group, limit), 0.95)
        )
    by_chance = wrong(clean, limit, random, neighbours=False)
    if by_chance:
        goals.append(at_most("Random wrong digits pass", by_chance, 0.001))
    return goals
