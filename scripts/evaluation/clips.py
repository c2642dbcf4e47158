"""Every clip at hand from end to end, and how it must end. Failing for another reason is failing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.demo_people import SPEAKER_SAYS, speaker_alone
from scripts.evaluation.bona_fide import REFERENCE_S1, digit_clips, grid_clips, talking_man
from scripts.evaluation.crew import crew
from scripts.evaluation.figures import Figures, Goal, Table
from scripts.evaluation.setting import Setting
from scripts.evaluation.trials import AsItIs, Library, Outcome, Reference, Trial, try_out
from verify_service.biometrics.evidence import Challenge
from verify_service.evaluation.intervals import Rate

Expected = tuple[str, tuple[str, ...]]  # the state, and every reason that staff see
CONFIRMED: Expected = ("confirmed", ())
# Each file of bad/, asked for 5831 by the man of reference_s1.jpg: how it must end, and every reason that staff see.
BAD: Mapping[str, Expected] = {
    "good_5831": CONFIRMED,
    "no_audio": ("retry", ("no_sound", "speech_unclear")),
    "silent_audio": ("retry", ("no_sound", "speech_unclear")),
    "swapped_sound": ("retry", ("wrong_words",)),
    "sound_late_1s": ("in_review", ("lips_apart_from_sound",)),
    "dark": ("retry", ("too_dark",)),
    "blurred": ("retry", ("blurred",)),
    "far_away": ("retry", ("too_far",)),
    "no_face": ("retry", ("no_face",)),
    "two_faces": ("retry", ("many_faces",)),
    "still_photo_moved": ("in_review", ("lips_still", "no_motion")),
    "person_swapped_midway": ("in_review", ("person_changed",)),
    "too_short": ("retry", ("clip_short",)),
    "truncated": ("retry", ("unreadable",)),
    "bit_flips": ("retry", ("unreadable",)),
    "random_bytes": ("retry", ("unreadable",)),
    "empty": ("retry", ("unreadable",)),
}
TWO_MEN, PORTRAIT = "media_two_men", "media_portrait"


@dataclass(frozen=True)
class SpeakerAlone:
    """The clip of two men cut to the speaker, as `make demo` sends it."""

    source: str = TWO_MEN

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def make(self, library: Library) -> bytes:
        return speaker_alone(library.path(self.source))


def measure(setting: Setting) -> Figures:
    """Quick: every seventh clip."""
    expected = expectations(setting)[:: 7 if setting.quick else 1]
    outcomes = crew(setting, "clips", [trial for trial, _ in expected], try_out)
    return figures_of([(outcome, end) for outcome, (_, end) in zip(outcomes, expected, strict=True)])


def figures_of(ended: Sequence[tuple[Outcome, Expected]]) -> Figures:
    """Outcomes, each with the end that it must have."""
    rate = _as_expected(ended)
    sets = dict.fromkeys(outcome.trial.label for outcome, _ in ended)
    by_set = {name: [one for one in ended if one[0].trial.label == name] for name in sets}
    columns = ("clip", "asked", "must end", "ends", "open checks", "")
    rows = tuple(_row(outcome, end) for outcome, end in ended)
    return Figures(
        "clips",
        {"as_expected": rate.numbers, "by_set": {name: _as_expected(group).numbers for name, group in by_set.items()}},
        [Table("Every clip from end to end", columns, rows, "On a first attempt of three.")],
        data={name: len(group) for name, group in by_set.items()},
        goals=[Goal("Clips that end as they must", "all", rate.text, rate.hits == rate.trials)],
    )


def expectations(setting: Setting) -> list[tuple[Trial, Expected]]:
    """Each trial and its end: the state, and every reason."""
    asked, reference = Challenge("en", digits="5831"), Reference(REFERENCE_S1)
    bad = [(Trial("bad", name, AsItIs(f"bad/{name}.mp4"), asked, reference, "s1"), end) for name, end in BAD.items()]
    digits = [
        (c.trial("digits", c.source), CONFIRMED) for c in digit_clips(setting.media) if c.source.startswith("digits")
    ]
    grid = [(c.trial("grid", c.source), CONFIRMED) for c in grid_clips(setting.media)]
    portrait, said = Reference(PORTRAIT), Challenge("en", sentence=SPEAKER_SAYS)
    demo = [
        (talking_man().trial("demo", "the talking man"), CONFIRMED),
        (Trial("demo", "two men", AsItIs(TWO_MEN), said, portrait, "speaker"), ("retry", ("many_faces", "too_far"))),
        (Trial("demo", "speaker alone", SpeakerAlone(), said, portrait, "speaker"), CONFIRMED),
    ]
    return [*bad, *digits, *grid, *demo]


def _as_expected(ended: Sequence[tuple[Outcome, Expected]]) -> Rate:
    return Rate.of(sum(_end(outcome) == end for outcome, end in ended), len(ended))


def _row(outcome: Outcome, end: Expected) -> tuple[str, ...]:
    asked = outcome.trial.challenge
    must, found = (": ".join(filter(None, (str(state), ", ".join(why)))) for state, why in (end, _end(outcome)))
    name = outcome.trial.detail.removesuffix(".mp4")
    opened = ", ".join(outcome.caught_by)
    return name, str(asked.digits or asked.sentence), must, found, opened, "" if _end(outcome) == end else "differs"


def _end(outcome: Outcome) -> Expected:
    return str(outcome.decision.outcome), outcome.decision.reasons
