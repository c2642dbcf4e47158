"""Presence: how many attacks of each species get through, and how many genuine clips do not (ISO/IEC 30107-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from scripts.evaluation import plots
from scripts.evaluation.attacks.species import KNOWN_DIGITS, attacks
from scripts.evaluation.bona_fide import Genuine, as_phones_send, genuine_clips
from scripts.evaluation.crew import crew
from scripts.evaluation.figures import Figures, Goal, Plot, Table
from scripts.evaluation.held import Held, held
from scripts.evaluation.setting import Setting
from scripts.evaluation.trials import PRESENCE_CHECKS, SIGHT_CHECKS, Outcome, Trial, try_out
from verify_service.evaluation.intervals import Rate, bootstrap_rate
from verify_service.evaluation.rates import apcer, bpcer, iapar

A_SPECIES, A_SPECIES_QUICK = 150, 2
KNOWN, KNOWN_QUICK = 48, 2
VARIANTS_A_CLIP = 4  # 45 clips as they are and 4 variants of each: 225 genuine trials
IAPAR_GOAL, CONFIRMED_GOAL = 0.07, 0.97  # NIST SP 800-63A-4; issue 5
FLAT = ("photo_moved", "photo_bent", "photo_rotated", "mask")
HELD = (
    Held("lip_movement_min", "lips", FLAT),
    Held("lip_range_min", "motion", FLAT),
    Held("blink_depth_min", "motion", FLAT),
    Held("same_person_similarity_min", "same_person", ("person_swapped", "picture_between")),
    Held("second_face_share_max", "one_face", ("two_faces",)),
    Held("second_face_ratio_min", "one_face", ("two_faces",)),
    Held("lip_sound_correlation_min", "lip_sound", ("sound_late",)),
    Held("presentation_score_min", "presentation", ("photo_moved", "photo_bent", "photo_rotated", "screen_replay")),
)
GENUINE, AS_IT_IS = "genuine", "as it is"

# What a reader calls each species, and what is tried.
SPECIES_NAMES: Mapping[str, str] = {
    "photo_moved": "still photo, moved; right digits said",
    "photo_bent": "still photo, bent; right digits said",
    "photo_rotated": "still photo, rotated; right digits said",
    "photo_hole_opening": "still photo with a mouth hole that opens; right digits said",
    "photo_hole_other_mouth": "still photo with another's mouth in the hole; right digits said",
    "screen_replay": "screen replay of an old clip, old digits",
    "screen_replay_known": "screen replay of an old clip that holds the asked digits",
    "sound_swapped": "sound swapped: the lips say what is asked, the sound does not",
    "sound_late": "sound late by 0.5, 1 or 1.5 s",
    "person_swapped": "person swapped midway; right digits said",
    "picture_between": "another speaks; every second to twelfth picture is one of the resident; right digits said",
    "old_reordered": "old clip looped, reversed or stretched, old sound",
    "old_reordered_live_voice": "old clip looped, reversed or stretched; a voice says the asked digits",
    "two_faces": "two faces; right digits said",
    "mask": "mask: the resident's face, still, on another who says the digits",
    "old_retouched": "old clip re-encoded, cropped, mirrored, brightened, trimmed or resized",
    "voice_over": "old clip of the talking resident; a voice says the asked digits",
    "zero_effort": "another person, live, saying what is asked (no disguise; not synthetic)",
}


def measure(setting: Setting) -> Figures:
    """Every species, then the genuine clips and their variants."""
    count, known = (A_SPECIES_QUICK, KNOWN_QUICK) if setting.quick else (A_SPECIES, KNOWN)
    clips = genuine_clips(setting.media)[:: 10 if setting.quick else 1]
    planned = attacks(setting.media, count, known, setting.seed)
    planned += genuine_trials(clips, 1 if setting.quick else VARIANTS_A_CLIP)
    # Side by side what is made of one clip: it is decoded once.
    planned.sort(key=lambda trial: (trial.maker.sources[0], trial.label))
    outcomes = crew(setting, "attacks and genuine clips", planned, try_out)
    genuine, others = ([o for o in outcomes if (o.trial.label == GENUINE) is wanted] for wanted in (True, False))
    return replace(figures_of(outcomes, setting.seed), proposals=held(setting.limits, HELD, genuine, others))


def figures_of(outcomes: Sequence[Outcome], seed: int) -> Figures:
    """At least one outcome of each species, and of the genuine clips; raises KeyError where a kind is missing."""
    found = _grouped(outcomes, lambda outcome: outcome.trial.label)
    by_species, genuine = {name: found[name] for name in SPECIES_NAMES}, found[GENUINE]
    return Figures(
        "presence",
        {
            "species": {name: _species_numbers(group) for name, group in by_species.items()},
            "bona_fide": _bona_fide_numbers(genuine, seed),
        },
        [_attack_table(by_species), _caught_table(by_species), _detail_table(by_species), *_bona_fide_tables(genuine)],
        [_plot(by_species)],
        data={
            "genuine clips": len({outcome.trial.maker.sources for outcome in genuine}),
            "genuine trials": len(genuine),
            "attacks": len(outcomes) - len(genuine),
        },
        goals=_goals(by_species, genuine),
    )


def genuine_trials(clips: Sequence[Genuine], variants: int) -> list[Trial]:
    """Each clip as it is, and `variants` of the ways in which phones would send it, by turns."""
    trials = []
    for i, clip in enumerate(clips):
        trials.append(clip.trial(GENUINE, AS_IT_IS))
        ways = list(as_phones_send(clip.source).items())
        # Every second clip begins with the other half, so that all ways are tried.
        for name, maker in [*ways, *ways][i % 2 * variants :][:variants]:
            trials.append(clip.trial(GENUINE, name, maker))
    return trials


def _grouped(outcomes: Iterable[Outcome], by: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(by(outcome), []).append(outcome)
    return groups


def _confirmed(found: Sequence[Outcome]) -> Rate:
    return iapar([outcome.is_confirmed for outcome in found])


def _passing(found: Sequence[Outcome], names: frozenset[str]) -> Rate:
    return apcer([outcome.passes(names) for outcome in found])


def _ends(found: Sequence[Outcome]) -> dict[str, int]:
    counts = Counter(str(outcome.decision.outcome) for outcome in found)
    return {state: counts[state] for state in ("confirmed", "retry", "in_review")}


def _causes(found: Sequence[Outcome]) -> Counter[str]:
    """How often each check stood open; a clip may be caught by several."""
    return Counter(cause for outcome in found for cause in outcome.caught_by)


def _species_numbers(found: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "synthetic": found[0].trial.label != "zero_effort",
        "ends": _ends(found),
        "iapar": _confirmed(found).numbers,
        "apcer_presence": _passing(found, PRESENCE_CHECKS).numbers,
        "apcer_sight_alone": _passing(found, SIGHT_CHECKS).numbers,
        "caught_by": dict(_causes(found).most_common()),
        "by_detail": {
            detail: _confirmed(group).numbers
            for detail, group in sorted(_grouped(found, lambda outcome: outcome.trial.detail).items())
            if detail
        },
    }


def _bona_fide_numbers(genuine: Sequence[Outcome], seed: int) -> dict[str, Any]:
    refused = bpcer([not outcome.passes(PRESENCE_CHECKS) for outcome in genuine])
    groups = _grouped(genuine, lambda outcome: outcome.trial.detail)
    return {
        "ends": _ends(genuine),
        "confirmed": _confirmed(genuine).within(_over_clips(genuine, seed)).numbers,
        "confirmed_as_they_are": _confirmed(groups[AS_IT_IS]).numbers,
        "bpcer_presence": refused.numbers,
        "bpcer_sight_alone": bpcer([not outcome.passes(SIGHT_CHECKS) for outcome in genuine]).numbers,
        "open_checks": dict(_causes(genuine).most_common()),
        "by_variant": {name: {**_ends(found), **_confirmed(found).numbers} for name, found in groups.items()},
    }


def _over_clips(genuine: Sequence[Outcome], seed: int) -> tuple[float, float]:
    """The interval over clips, not over their variants, which stand and fall together."""
    hits = [float(outcome.is_confirmed) for outcome in genuine]
    clips = [outcome.trial.maker.sources[0] for outcome in genuine]
    return bootstrap_rate(hits, clips, np.random.default_rng(seed))


def _attack_table(by_species: Mapping[str, Sequence[Outcome]]) -> Table:
    rows = []
    for name, found in by_species.items():
        ends = _ends(found)
        rows.append(
            (
                SPECIES_NAMES[name],
                _confirmed(found).text,
                str(ends["retry"]),
                str(ends["in_review"]),
                _passing(found, PRESENCE_CHECKS).text,
                _passing(found, SIGHT_CHECKS).text,
            )
        )
    columns = (
        "species",
        "confirmed (IAPAR)",
        "asked again",
        "to staff",
        "APCER, presence checks",
        "APCER, without the words",
    )
    note = (
        "All species but the last are synthetic, made from the media at hand; the reference is the claimed resident's own. "
        "Presence checks: lips, motion, same_person, lip_sound, presentation, challenge. "
        "A clip that is asked again may be sent twice more."
    )
    return Table("Attacks by species", columns, tuple(rows), note)


def _caught_table(by_species: Mapping[str, Sequence[Outcome]]) -> Table:
    rows = [
        (SPECIES_NAMES[name], ", ".join(f"{cause} {count}" for cause, count in _causes(found).most_common(6)))
        for name, found in by_species.items()
    ]
    return Table("What catches them", ("species", "open checks, and on how many clips"), tuple(rows), "Six at most.")


def _detail_table(by_species: Mapping[str, Sequence[Outcome]]) -> Table:
    rows = []
    for name, found in by_species.items():
        groups = _grouped(found, lambda outcome: outcome.trial.detail)
        rows += [
            (
                SPECIES_NAMES[name],
                detail,
                _confirmed(group).text,
                ", ".join(c for c, _ in _causes(group).most_common(3)),
            )
            for detail, group in sorted(groups.items())
            if detail
        ]
    return Table("Species by kind", ("species", "kind", "confirmed", "caught most by"), tuple(rows))


def _bona_fide_tables(genuine: Sequence[Outcome]) -> list[Table]:
    by_variant = _grouped(genuine, lambda outcome: outcome.trial.detail)
    rows = []
    for name, found in by_variant.items():
        ends = _ends(found)
        rows.append((name, _confirmed(found).text, str(ends["retry"]), str(ends["in_review"])))
    lost = [outcome for outcome in genuine if not outcome.is_confirmed]
    named = [
        (
            str(outcome.trial.maker.sources[0]),
            outcome.trial.detail,
            str(outcome.decision.outcome),
            "; ".join(_with_scores(outcome)),
        )
        for outcome in lost
    ]
    return [
        Table(
            "Genuine clips, by how they are sent",
            ("variant", "confirmed", "asked again", "to staff"),
            tuple(rows),
            "45 clips of 7 people; all but the first row synthetic variants of them. 25 are cut together from single digits. "
            "Six people have only a reference from the clip itself, which says nothing about matching.",
        ),
        Table("Genuine clips that were not confirmed", ("clip", "sent", "end", "open checks"), tuple(named)),
    ]


def _with_scores(outcome: Outcome) -> list[str]:
    opened = [check for check in outcome.checks if check.result != "pass"]
    return [
        f"{check.name} {'-' if check.score is None else f'{check.score:.2f}'} against {check.limit:g}"
        for check in opened
        if check.limit is not None
    ]


def _plot(by_species: Mapping[str, Sequence[Outcome]]) -> Plot:
    rates = {SPECIES_NAMES[name].split(";")[0].split(":")[0]: _confirmed(found) for name, found in by_species.items()}
    svg = plots.bars(rates, x_label="confirmed, % (IAPAR)", limit=IAPAR_GOAL, limit_name="NIST SP 800-63A-4")
    caption = "The words stop an old clip. A picture that talks under a voice with the right words, only lips and sound can tell."
    return Plot("Attacks that get through", svg, caption)


def _goals(by_species: Mapping[str, Sequence[Outcome]], genuine: Sequence[Outcome]) -> list[Goal]:
    rates = {name: _confirmed(found) for name, found in by_species.items()}
    clean = [name for name, rate in rates.items() if rate.hits == 0]
    enough = all(rate.trials >= A_SPECIES for name, rate in rates.items() if name not in KNOWN_DIGITS)
    confirmed = _confirmed(genuine)
    return [
        Goal(
            "Attacks confirmed",
            f"0 of {A_SPECIES} or more, each species",
            f"{len(clean)} of {len(rates)} species without one"
            + "".join(f"; {SPECIES_NAMES[name]}: {rate.text}" for name, rate in rates.items() if rate.hits),
            len(clean) == len(rates) if enough or len(clean) < len(rates) else None,
        ),
        Goal(
            "Clean genuine clips confirmed",
            "≥ 97 %",
            confirmed.text,
            confirmed.value >= CONFIRMED_GOAL if confirmed.trials >= A_SPECIES else None,
        ),
    ]
