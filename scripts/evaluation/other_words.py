"""Clips in which no digit is said: how many of the strings that a challenge may ask for would pass on one of them?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import Tools, crew
from scripts.evaluation.figures import Goal, Proposal, Table
from scripts.evaluation.goals import at_most
from scripts.evaluation.hearing import ears_key
from scripts.evaluation.setting import Setting
from scripts.evaluation.utterances import drawn
from verify_service.biometrics.evidence import Challenge, Locale
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.spoken_text import DIGITS
from verify_service.evaluation.intervals import Rate

LENGTH, STRINGS, STRINGS_QUICK = 4, 100, 20
LOCALES: tuple[Locale, ...] = ("en", "zh")
DEMO = ("media_talking_man", "media_two_men")


@dataclass(frozen=True)
class Clip:
    path: Path
    locale: Locale
    asked: tuple[str, ...]


@dataclass(frozen=True)
class OtherWords:
    """Scores of the asked strings: margin against all others, and fit where the margin passes."""

    numbers: dict[str, Any]
    table: Table
    goal: Goal
    proposal: Proposal


def other_words(setting: Setting) -> OtherWords:
    """All clips of grid/ and the demo media, in both languages."""
    scores = crew(setting, "other words", _clips(setting), _scores)
    rates = {
        locale: _rates(
            [s for found, s in zip(_clips(setting), scores, strict=True) if found.locale == locale], setting.limits
        )
        for locale in LOCALES
    }
    margin, both = _rates(scores, setting.limits)
    rows = [(locale, alone.text, together.text) for locale, (alone, together) in rates.items()]
    return OtherWords(
        {"margin_alone": margin.numbers, "margin_and_fit": both.numbers},
        Table(
            "Clips in which no digit is said: asked strings that would pass",
            ("Heard as", "Likeliest of its length (`challenge`)", "And fits what is heard (`digits_fit`)"),
            (*rows, ("both", margin.text, both.text)),
            "Strings as a challenge asks them, on 21 clips of 8 people who say sentences of English. Strings on one clip are not "
            "independent: the intervals are too narrow.",
        ),
        at_most("Asked digits pass where none are said", both, 0.001),
        Proposal(
            "digits_fit_min",
            setting.limits.digits_fit_min,
            "own measurement: mean log-probability of the asked digits among the commonest words",
            "grid/ (19 clips), media_talking_man, media_two_men, in both languages",
            f"strings passing the margin where no digit is said: {margin.text}",
            f"of them also fitting: {both.text}",
        ),
    )


def _clips(setting: Setting) -> list[Clip]:
    files = [setting.manifest.asset(role).file for role in DEMO] + sorted((setting.media / "grid").glob("*.mp4"))
    chance = np.random.default_rng([setting.seed, 7])
    count = STRINGS_QUICK if setting.quick else STRINGS
    return [
        Clip(path, locale, tuple(drawn(chance, LENGTH, DIGITS[locale].asked) for _ in range(count)))
        for path in (files[::5] if setting.quick else files)
        for locale in LOCALES
    ]


def _scores(tools: Tools, clip: Clip) -> list[tuple[float, float | None]]:
    """For the crew: margin and fit of each asked string."""
    content = clip.path.read_bytes()
    key = ("other words", ears_key(tools.manifest), sha256(content), clip.locale, *clip.asked)
    return [(margin, fit) for margin, fit in tools.cache.value(key, lambda: _heard(tools, content, clip))]


def _heard(tools: Tools, content: bytes, clip: Clip) -> list[list[float | None]]:
    eye = tools.eye
    sound = eye.sandbox.clip(content).clip.sound
    assert sound is not None
    heard = eye.listener.hear(sound, eye.voice.spans(sound), clip.locale)
    margins = eye.listener.score_each(heard, clip.asked) or []
    lowest = tools.limits.digits_margin_min - 2  # the fit of strings that are nowhere near is not asked for
    return [
        [margin, eye.listener.fit(heard, Challenge(clip.locale, digits=asked)) if margin >= lowest else None]
        for asked, margin in zip(clip.asked, margins, strict=True)
    ]


def _rates(scores: list[list[tuple[float, float | None]]], limits: Limits) -> tuple[Rate, Rate]:
    every = [one for of_clip in scores for one in of_clip]
    passing = [fit for margin, fit in every if margin >= limits.digits_margin_min]
    fitting = sum(fit is not None and fit >= limits.digits_fit_min for fit in passing)
    return Rate.of(len(passing), len(every)), Rate.of(fitting, len(every))
