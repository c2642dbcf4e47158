"""Quality and advice: what grade of a fault still passes, and whether the phone is told the right thing where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scripts.evaluation import plots
from scripts.evaluation.bona_fide import TALKING_MAN, Genuine, genuine_clips
from scripts.evaluation.crew import crew
from scripts.evaluation.degradations import FAULTS, Degraded, Fault
from scripts.evaluation.figures import Figures, Goal, Plot, Table
from scripts.evaluation.held import Held, held
from scripts.evaluation.setting import Setting
from scripts.evaluation.trials import Outcome, Trial, try_out
from verify_service.evaluation.intervals import Rate

# The faults that the issue names are measured on all clips of SOURCES, the others on a third of them.
MAIN = frozenset({"dark", "blur", "far", "turned", "mouth covered", "noisy sound"})
# Fifteen clips of seven people: nine of one man (digits and sentences), five of five others, and the talking man.
SOURCES = (
    "digits/s1_4751_01.mp4",
    "grid/other_brbk7n.mp4",
    "grid/s1_bwag6p.mp4",
    "grid/other_lwbsza.mp4",
    "bad/good_5831.mp4",
    "grid/other_lbbc2a.mp4",
    "digits/s1_9279_03.mp4",
    "grid/other_sbia1a.mp4",
    "grid/s1_priv4n.mp4",
    "grid/other_swiz3n.mp4",
    "digits/s1_7185_04.mp4",
    "grid/s1_lray4n.mp4",
    "digits/s1_2563_07.mp4",
    "grid/s1_swab6n.mp4",
    TALKING_MAN,
)
FEW = 5
SLIGHT, SEVERE = slice(0, 2), slice(-3, None)
HELD = (
    Held("face_seen_share_min", "face_seen", ("near", "half covered", "noisy picture")),
    Held("face_width_pixels_min", "face_width", ("far",)),
    Held("face_inside_share_min", "face_inside", ("cut", "near")),
    Held("face_luma_min", "face_lit", ("dark", "backlight")),
    Held("face_luma_max", "face_not_glaring", ("bright",)),
    Held("face_sharpness_min", "face_sharp", ("blur", "shake")),
    Held("face_yaw_degrees_max", "face_frontal", ("turned",)),
    Held("face_uncovered_share_min", "face_uncovered", ("half covered",)),
    Held("landmarks_presence_min", "face_uncovered", ("half covered",)),
    Held("mouth_tint_distance_max", "mouth_uncovered", ("mouth covered",)),
    Held("eye_light_ratio_min", "eyes_uncovered", ("eyes covered",)),
    Held("sound_level_dbfs_min", "sound", ("quiet",)),
    Held("speech_seconds_per_word_min", "speech", ("quiet",)),
)
ADVICE_GOAL = 0.95
IN_REVIEW = "(none: to staff)"


def measure(setting: Setting) -> Figures:
    """Every fault in every grade."""
    outcomes = crew(setting, "faults", trials(setting), try_out)
    # Trials of slight faults stand for clips that should pass, those of the severer half for what should be seen.
    slight, severe = ([o for o in outcomes if _is(o, share)] for share in (SLIGHT, SEVERE))
    found = figures_of(outcomes, with_plots=not setting.quick)
    return replace(found, proposals=held(setting.limits, HELD, slight, severe))


def figures_of(outcomes: Sequence[Outcome], with_plots: bool) -> Figures:
    """Faults of which there is no outcome are left out."""
    by_fault = {name: [o for o in outcomes if o.trial.label == name] for name in FAULTS}
    by_fault = {name: found for name, found in by_fault.items() if found}
    return Figures(
        "quality",
        {
            "faults": {name: _numbers(FAULTS[name], found) for name, found in by_fault.items()},
            "advice": _advice_rate(outcomes).numbers if _refused(outcomes) else None,
        },
        [_border_table(by_fault), _wrong_table(outcomes)],
        [_plot(name, found) for name, found in by_fault.items()] if with_plots else [],
        data={"clips": len({o.trial.maker.sources for o in outcomes}), "trials": len(outcomes)},
        goals=[_goal(outcomes)],
    )


def trials(setting: Setting) -> list[Trial]:
    """Quick: one clip a fault, in its severest grade."""
    clips = {clip.source: clip for clip in genuine_clips(setting.media)}
    planned = [
        _trial(clips[source], fault, grade)
        for turn, fault in enumerate(FAULTS.values())
        for source in _sources(fault, turn, setting.quick)
        for grade in (fault.grades[-1:] if setting.quick else fault.grades)
    ]
    # Side by side what is made of one clip: it is decoded once.
    return sorted(planned, key=lambda trial: trial.maker.sources[0])


def _sources(fault: Fault, turn: int, quick: bool) -> Sequence[str]:
    if quick:
        return [SOURCES[turn % (len(SOURCES) - 1)]]
    return SOURCES if fault.name in MAIN else SOURCES[:FEW]


def _trial(clip: Genuine, fault: Fault, grade: float) -> Trial:
    return clip.trial(fault.name, f"{grade:g}", Degraded(clip.source, fault.name, grade))


def _is(outcome: Outcome, grades: slice) -> bool:
    return outcome.trial.detail in [f"{grade:g}" for grade in FAULTS[outcome.trial.label].grades[grades]]


def first_word(outcome: Outcome) -> str | None:
    """What the phone says first; None where the clip is confirmed, and IN_REVIEW where the phone says nothing."""
    if outcome.is_confirmed:
        return None
    advice = outcome.decision.advice
    return advice[0] if advice else IN_REVIEW


def _is_right(outcome: Outcome) -> bool:
    return first_word(outcome) in FAULTS[outcome.trial.label].advice


def _refused(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if not outcome.is_confirmed]


def _advice_rate(outcomes: Sequence[Outcome]) -> Rate:
    refused = _refused(outcomes)
    return Rate.of(sum(map(_is_right, refused)), len(refused))


def _by_grade(fault: Fault, found: Sequence[Outcome]) -> dict[float, list[Outcome]]:
    groups = {grade: [o for o in found if o.trial.detail == f"{grade:g}"] for grade in fault.grades}
    return {grade: group for grade, group in groups.items() if group}


def _numbers(fault: Fault, found: Sequence[Outcome]) -> dict[str, Any]:
    grades = []
    for grade, group in _by_grade(fault, found).items():
        words = Counter(str(first_word(outcome)) for outcome in _refused(group))
        grades.append(
            {
                "grade": grade,
                "confirmed": Rate.of(sum(o.is_confirmed for o in group), len(group)).numbers,
                "first_word": dict(words.most_common()),
                "scores": _mean_scores(group),
            }
        )
    return {
        "unit": fault.unit,
        "right_advice": sorted(fault.advice),
        "advice": _advice_rate(found).numbers if _refused(found) else None,
        "grades": grades,
    }


def _mean_scores(group: Sequence[Outcome]) -> dict[str, float]:
    names = sorted({name for outcome in group for name in outcome.scores})
    scores = {name: [o.scores[name] for o in group if name in o.scores] for name in names}
    return {name: round(sum(values) / len(values), 4) for name, values in scores.items()}


def border(fault: Fault, found: Sequence[Outcome]) -> float | None:
    """The first grade at which fewer than half are confirmed; None where it never comes to that."""
    for grade, group in _by_grade(fault, found).items():
        if sum(outcome.is_confirmed for outcome in group) * 2 < len(group):
            return grade
    return None


def _border_table(by_fault: Mapping[str, Sequence[Outcome]]) -> Table:
    rows = []
    for name, found in by_fault.items():
        fault = FAULTS[name]
        shares = [
            f"{grade:g}: {sum(o.is_confirmed for o in group)}/{len(group)}"
            for grade, group in _by_grade(fault, found).items()
        ]
        falls = border(fault, found)
        advice = _advice_rate(found).text if _refused(found) else "none refused"
        rows.append((name, fault.unit, ", ".join(shares), "-" if falls is None else f"{falls:g}", advice))
    columns = ("fault (synthetic)", "grade in", "confirmed by grade", "fewer than half from", "first advice right")
    note = "Heads are turned by warping pictures along the mesh: a real profile shows what no picture from the front holds."
    return Table("Faults by degrees", columns, tuple(rows), note)


def _wrong_table(outcomes: Sequence[Outcome]) -> Table:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for outcome in _refused(outcomes):
        if not _is_right(outcome):
            opened = ", ".join(outcome.caught_by)
            counts[(outcome.trial.label, outcome.trial.detail, str(first_word(outcome)), opened)] += 1
    rows = [(*key, str(count)) for key, count in sorted(counts.items())]
    return Table("Wrong first advice", ("fault", "grade", "first advice", "open checks", "clips"), tuple(rows))


def _plot(name: str, found: Sequence[Outcome]) -> Plot:
    fault = FAULTS[name]
    groups = _by_grade(fault, found)
    rates = [Rate.of(sum(o.is_confirmed for o in group), len(group)) for group in groups.values()]
    right = [sum(o.is_confirmed or _is_right(o) for o in group) / len(group) for group in groups.values()]
    falls = border(fault, found)
    svg = plots.lines(
        {
            "confirmed": (list(groups), [rate.value for rate in rates]),
            "confirmed, or the right advice": (list(groups), right),
        },
        bands={"confirmed": ([rate.low for rate in rates], [rate.high for rate in rates])},
        x_label=f"{name}: {fault.unit}",
        y_label="share of clips",
        limits={} if falls is None else {"fewer than half confirmed": falls},
        shares=True,
    )
    where = "acceptance never falls below half" if falls is None else f"acceptance falls below half at {falls:g}"
    return Plot(f"Fault: {name}", svg, f"{where} ({fault.unit}); {rates[0].trials} clips a grade, synthetic.")


def _goal(outcomes: Sequence[Outcome]) -> Goal:
    refused = _refused(outcomes)
    if not refused:
        return Goal("First advice is the right one", "≥ 95 %", "no clip was refused", None)
    rate = _advice_rate(outcomes)
    return Goal("First advice is the right one", "≥ 95 %", rate.text, rate.value >= ADVICE_GOAL)
