"""Sentences: said, another said, broken off. GRID and the talking man are real, the Mandarin ones SYNTHETIC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.evaluation import plots
from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import Tools, crew
from scripts.evaluation.figures import Figures, Goal, Plot, Proposal, Table
from scripts.evaluation.goals import at_least, at_most
from scripts.evaluation.grid import sentence_of
from scripts.evaluation.hearing import ears_key
from scripts.evaluation.setting import Setting
from scripts.evaluation.utterances import Sounds, read_sound
from scripts.evaluation.voices import PHRASES, SPEAKERS
from verify_service.biometrics.evidence import Challenge, Locale, Sound, Vector
from verify_service.evaluation.intervals import Rate

MAN_SAYS = "Hi, I'm Jon Peirce, I'm a lecturer at the University of Nottingham and I'm the originator of PsychoPy"
OTHER_ENGLISH = ("It is a fine day and I am well", "I like to read the newspaper after breakfast")
MANDARIN = ("今天天气很好", "我身体很健康", "我每天早上走半个小时的路锻炼身体")
OTHER_MANDARIN = ("年轻的时候，我在一家自行车厂里工作",)
BROKEN_OFF_AT = 0.6  # of the time from the first word to the last
KINDS = ("said", "another sentence", "broken off")


@dataclass(frozen=True)
class Said:
    """A sound, the sentence in it, and the sentences that are not. `voice` is of the synthetic ones, else `file` is read."""

    corpus: str
    locale: Locale
    sentence: str
    not_said: tuple[str, ...]
    file: Path | None = None
    voice: str = ""


@dataclass(frozen=True)
class Gains:
    """The scores of what was said: whole, of the sentences that were not said, and of its own sentence broken off."""

    said: Said
    whole: float | None
    others: tuple[float | None, ...]
    broken: float | None

    def of(self, kind: str) -> tuple[float | None, ...]:
        return {"said": (self.whole,), "another sentence": self.others, "broken off": (self.broken,)}[kind]


def sentence_figures(setting: Setting) -> Figures:
    """The sentences' numbers, tables and limit, as a part of the part `speech`."""
    gains = crew(setting, "spoken sentences", _all_said(setting), listen)
    limit = setting.limits.sentence_gain_min
    corpora = list(dict.fromkeys(one.said.corpus for one in gains))
    rates = {
        corpus: {kind: passed([one for one in gains if one.said.corpus == corpus], kind, limit) for kind in KINDS}
        for corpus in corpora
    }
    rows = [
        (
            corpus,
            *(rates[corpus][kind].text for kind in KINDS),
            *_extremes([g for g in gains if g.said.corpus == corpus]),
        )
        for corpus in corpora
    ]
    columns = ("sentences", *(f"{kind}: pass" for kind in KINDS), "least of said", "greatest of the others")
    note = f"At the limit in force, {limit:g}. Mandarin: eight synthetic voices. Broken off at {BROKEN_OFF_AT:g} of the speech."
    return Figures(
        "sentences",
        {"sentences": {name: {kind: rate.numbers for kind, rate in of.items()} for name, of in rates.items()}},
        [Table("Sentences", columns, tuple(rows), note)],
        [_histogram(gains, limit)],
        [_proposal(gains, limit)],
        {"sentences": len(gains)},
        _goals(gains, limit),
    )


def passed(gains: Sequence[Gains], kind: str, limit: float) -> Rate:
    """How many of the scores of a kind pass; equal to the limit does, a sound in which nobody is heard does not."""
    scores = [score for one in gains for score in one.of(kind)]
    return Rate.of(sum(score is not None and score >= limit for score in scores), len(scores))


def listen(tools: Tools, said: Said) -> Gains:
    """For the crew: one sound against its own and the other sentences, and cut off against its own."""
    samples = read_sound(said.file) if said.file else _synthetic(tools, said)
    key = ("sentence", ears_key(tools.manifest), sha256(samples.tobytes()), said.sentence, *said.not_said)
    whole, others, broken = tools.cache.value(key, lambda: _scores(tools, said, samples))
    return Gains(said, whole, tuple(others), broken)


def _scores(tools: Tools, said: Said, samples: Vector) -> tuple[float | None, list[float | None], float | None]:
    spans = tools.eye.voice.spans(Sound(samples))
    begin, end = (spans[0].begins_at, spans[-1].ends_at) if spans else (0.0, len(samples) / 16_000)
    cut = samples[: round((begin + BROKEN_OFF_AT * (end - begin)) * 16_000)]
    whole, *others = _heard(tools, said, samples, (said.sentence, *said.not_said))
    (broken,) = _heard(tools, said, cut, (said.sentence,))
    return whole, others, broken


def _heard(tools: Tools, said: Said, samples: Vector, sentences: Sequence[str]) -> list[float | None]:
    sound, listener = Sound(samples), tools.eye.listener
    heard = listener.hear(sound, tools.eye.voice.spans(sound), said.locale)
    return [listener.score(heard, Challenge(said.locale, sentence=sentence)) for sentence in sentences]


def _synthetic(tools: Tools, said: Said) -> Vector:
    return Sounds(tools.media, tools.manifest, tools.cache).spoken(said.voice, f"{PHRASES[said.sentence]}.", 0.95)


def _all_said(setting: Setting) -> list[Said]:
    files = sorted((setting.media / "grid").glob("*.mp4"))[:: 5 if setting.quick else 1]
    texts = [sentence_of(file.stem.split("_")[1]) for file in files]
    found = [
        Said("GRID", "en", text, (texts[(i + 1) % len(texts)], texts[(i + 2) % len(texts)], *OTHER_ENGLISH), file)
        for i, (text, file) in enumerate(zip(texts, files, strict=True))
    ]
    man = setting.manifest.verified("media_talking_man")
    found.append(Said("the talking man", "en", MAN_SAYS, (*texts[:2], *OTHER_ENGLISH), man))
    if not setting.quick:
        found += [
            Said(
                "Mandarin (synthetic)", "zh", text, (*(t for t in MANDARIN if t != text), *OTHER_MANDARIN), voice=voice
            )
            for voice in SPEAKERS
            for text in MANDARIN
        ]
    return found


def _split(gains: Sequence[Gains]) -> tuple[list[float], list[float]]:
    """Scores of what was said, and of what was not or not to its end."""
    right = [one.whole for one in gains if one.whole is not None]
    rest = [score for one in gains for score in (*one.others, one.broken) if score is not None]
    return right, rest


def _extremes(gains: Sequence[Gains]) -> tuple[str, str]:
    right, rest = _split(gains)
    return f"{min(right):.2f}", f"{max(rest):.2f}"


def _histogram(gains: Sequence[Gains], limit: float) -> Plot:
    right, rest = _split(gains)
    svg = plots.histogram(
        np.array(right),
        np.array(rest),
        {"limit in force": limit},
        names=("said", "another, or broken off"),
        x_label="what hearing adds to the weakest third of the sentence, nats a token",
    )
    return Plot(
        "Sentences said and not said", svg, "A sentence that was said is far likelier heard than unheard, to its end."
    )


def _proposal(gains: Sequence[Gains], limit: float) -> Proposal:
    right, rest = _split(gains)
    return Proposal(
        "sentence_gain_min",
        limit,
        f"own measurement: least of {len(right)} that were said {min(right):.2f}, greatest of {len(rest)} others {max(rest):.2f}",
        "grid/ (19), the talking man, 24 synthetic Mandarin sentences",
        f"said: {passed(gains, 'said', limit).text}",
        f"others: {passed(gains, 'another sentence', limit).text}; broken off: {passed(gains, 'broken off', limit).text}",
    )


def _goals(gains: Sequence[Gains], limit: float) -> list[Goal]:
    return [
        at_least("Sentences heard", passed(gains, "said", limit), 0.97),
        at_most("Other sentences pass", passed(gains, "another sentence", limit), 0.01),
    ]
