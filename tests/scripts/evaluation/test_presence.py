from __future__ import annotations

from pathlib import Path

from scripts.evaluation.attacks.species import SPECIES
from scripts.evaluation.bona_fide import genuine_clips
from scripts.evaluation.presence import AS_IT_IS, GENUINE, figures_of, genuine_trials
from scripts.evaluation.trials import AsItIs, Outcome
from tests.scripts.evaluation.outcomes import outcome
from verify_service.biometrics.reasons import Reason


def measured(**replaced: list[Outcome]) -> list[Outcome]:
    """One attack of each species, caught, and two genuine clips, confirmed; but for the groups that are given."""
    groups = {name: [outcome(name, lips=Reason.LIPS_STILL)] for name in SPECIES}
    groups[GENUINE] = [outcome(GENUINE, AS_IT_IS, AsItIs(clip)) for clip in ("a.mp4", "b.mp4")]
    return [found for group in {**groups, **replaced}.values() for found in group]


def test_a_species_has_its_confirmed_share_and_what_caught_the_others() -> None:
    caught = outcome("mask", lips=Reason.LIPS_STILL, motion=Reason.NO_MOTION)
    found = figures_of(measured(mask=[outcome("mask"), caught, caught]), seed=1)

    numbers = found.numbers["species"]["mask"]
    assert (numbers["iapar"]["hits"], numbers["iapar"]["trials"]) == (1, 3)
    assert numbers["caught_by"] == {"lips: lips_still": 2, "motion: no_motion": 2}
    assert numbers["ends"] == {"confirmed": 1, "retry": 0, "in_review": 2}


def test_an_impostor_whom_only_the_comparison_stops_counts_against_the_presence_checks() -> None:
    found = figures_of(measured(zero_effort=[outcome("zero_effort", comparison=Reason.COMPARISON)]), seed=1)

    numbers = found.numbers["species"]["zero_effort"]
    assert numbers["iapar"]["hits"] == 0
    assert numbers["apcer_presence"]["hits"] == 1


def test_a_genuine_clip_that_the_words_refuse_counts_as_refused_and_is_named() -> None:
    lost = outcome(GENUINE, AS_IT_IS, AsItIs("b.mp4"), challenge=Reason.WRONG_WORDS)
    found = figures_of(measured(genuine=[outcome(GENUINE, AS_IT_IS, AsItIs("a.mp4")), lost]), seed=1)

    numbers = found.numbers["bona_fide"]
    assert (numbers["bpcer_presence"]["hits"], numbers["bpcer_sight_alone"]["hits"]) == (1, 0)
    assert numbers["confirmed"]["hits"] == 1
    assert any("b.mp4" in row for table in found.tables for row in table.rows)


def test_a_goal_is_not_met_where_one_species_gets_through_and_undecided_on_few_trials() -> None:
    through, none = (figures_of(trials, seed=1).goals[0] for trials in (measured(mask=[outcome("mask")]), measured()))

    assert through.met is False
    assert none.met is None


def test_genuine_clips_are_sent_as_they_are_and_in_all_ways_of_phones(shared_media: Path) -> None:
    clips = genuine_clips(shared_media)

    trials = genuine_trials(clips, 4)

    assert len(trials) == 5 * len(clips) >= 150
    assert len({trial.detail for trial in trials}) == 9
    assert len({repr(trial.maker) for trial in trials}) == len(trials)
