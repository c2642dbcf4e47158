"""Tables and the plot of the part `speech`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scripts.evaluation import plots
from scripts.evaluation.figures import Plot, Table
from scripts.evaluation.heard_rates import (
    CONFUSED_WITHIN,
    CORPORA,
    NOT_ASKED,
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
from scripts.evaluation.sound_conditions import CLEAN, NAMES

# Digits in one breath, as people say them. The two corpora that are put together from single digits stand beside them.
NATURAL = ("mandarin", "kokoro")
FIVE_DB = ("noise 5 dB", "second talker 5 dB")
LIMITS = np.arange(-8.0, 4.01, 0.5)


def condition_table(by_place: Mapping[tuple[str, str], Group], limit: float) -> Table:
    rows = []
    for described in (f"{corpus}{kind}" for corpus in CORPORA.values() for kind in ("", NOT_ASKED)):
        for name in NAMES:
            if group := by_place.get((described, name)):
                others, share = fitting(group, limit)
                rows.append(
                    (
                        described,
                        name,
                        right(group, limit).text,
                        after_a_repeat(group, limit).text,
                        f"{others:.2f} ({100 * share:.3f} %)",
                        str(sum(one.margin is None for one in group)),
                    )
                )
    columns = ("strings", "sound", "right ones pass", "after one repeat", "others that a clip fits", "nobody heard")
    note = (
        f"At the limit in force, {limit:g}. All disturbances are synthetic. A repeat is the same speaker's next string, disturbed "
        "anew. Others that a clip fits: found by the search among all strings of the length (and as a share of them): what an "
        "old clip may answer beside its own digits."
    )
    return Table("Right digits", columns, tuple(rows), note)


def wrong_table(clean: Group, limit: float, random: int) -> Table:
    rows = []
    for corpus, group in [*by_set(clean).items(), ("all", clean)]:
        by_chance = wrong(group, limit, random, neighbours=False)
        near = wrong(group, limit, random, neighbours=True)
        if by_chance and near:
            rows.append((corpus, by_chance.text, near.text))
    note = "Scored one by one on clean sound. Of 10,000 random strings of four digits, 36 are such neighbours of the one said."
    return Table("Wrong digits", ("strings", "random ones pass", "ones with one digit changed pass"), tuple(rows), note)


def length_table(clean: Group, limit: float) -> Table:
    rows = []
    groups = grouped(clean, lambda one: (set_of(one), len(one.trial.utterance.digits)))
    for (corpus, length), group in groups.items():
        others, share = fitting(group, limit)
        heard = float(np.mean([one.heard_seconds for one in group]))
        rows.append(
            (
                corpus,
                str(length),
                right(group, limit).text,
                f"{others:.2f} ({100 * share:.4f} %)",
                f"{heard:.1f} s",
            )
        )
    return Table(
        "Four digits or six", ("strings", "digits", "right ones pass", "others that a clip fits", "long"), tuple(rows)
    )


def style_table(clean: Group, limit: float) -> Table:
    made = [one for one in clean if one.trial.utterance.corpus == "kokoro"]
    rows = [
        (style, right(group, limit).text)
        for style, group in sorted(grouped(made, lambda one: one.trial.utterance.style).items())
    ]
    rows += [
        (f"speed {speed:g}", right(group, limit).text)
        for speed, group in sorted(grouped(made, lambda one: one.trial.utterance.speed).items())
    ]
    return Table("Ways of reading (synthetic voices)", ("way", "right ones pass"), tuple(rows))


def confusion_table(hearings: Group) -> Table:
    rows = [(locale, said, other, str(count)) for (locale, said, other), count in confusions(hearings).most_common(20)]
    note = (
        f"How often a string with that digit instead was at most {CONFUSED_WITHIN:g} nats less likely, over all sounds."
    )
    return Table("Digits that are confused", ("language", "said", "heard as well", "times"), tuple(rows), note)


def level_table(hearings: Group) -> Table:
    rows = []
    for condition, group in grouped(hearings, lambda one: one.trial.condition).items():
        words = [one.speech_seconds / len(one.trial.utterance.digits) for one in group]
        levels = [one.level_dbfs for one in group]
        rows.append(
            (
                condition,
                str(len(group)),
                f"{min(words):.2f} … {np.median(words):.2f}",
                f"{min(levels):.0f} … {np.median(levels):.0f}",
            )
        )
    columns = ("sound", "clips", "seconds of speech a digit, least … median", "loudest tenth of a second, dBFS")
    return Table(
        "How long and how loud", columns, tuple(rows), "By Silero VAD; a clip in which nobody is heard counts 0 s."
    )


def curve(hearings: Group, random: int) -> Plot:
    hearings = as_asked(hearings)
    clean = [one for one in hearings if one.trial.condition == CLEAN]
    series = {
        "right, clean, in one breath": [one for one in clean if one.trial.utterance.corpus in NATURAL],
        "right, clean, put together": [one for one in clean if one.trial.utterance.corpus not in NATURAL],
        "right, at 5 dB": [one for one in hearings if one.trial.condition in FIVE_DB],
    }
    curves = {
        name: (LIMITS, [100 * right(group, limit).value for limit in LIMITS]) for name, group in series.items() if group
    }
    near = [wrong(clean, limit, random, neighbours=True) for limit in LIMITS]
    if all(near):
        curves["one digit changed, clean"] = (LIMITS, [100 * rate.value for rate in near if rate])
    svg = plots.lines(curves, x_label="limit, nats", y_label="strings that pass, %", limits={})
    return Plot(
        "What the limit lets pass", svg, "Right strings, and the hardest wrong ones, by the limit of the log-odds."
    )
