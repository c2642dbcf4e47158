from __future__ import annotations

from pathlib import Path

import pytest

from scripts.evaluation.attacks.species import KNOWN_DIGITS, SPECIES, attacks
from scripts.evaluation.bona_fide import genuine_clips
from scripts.evaluation.presence import SPECIES_NAMES
from scripts.evaluation.trials import Trial

SEED = 20261125


@pytest.fixture(scope="module")
def planned(shared_media: Path) -> dict[str, list[Trial]]:
    trials = attacks(shared_media, 150, 48, SEED)
    return {name: [trial for trial in trials if trial.label == name] for name in SPECIES}


def test_every_species_has_its_trials_and_no_two_are_alike(planned: dict[str, list[Trial]]) -> None:
    for name, trials in planned.items():
        alike = {(repr(trial.maker), repr(trial.challenge), repr(trial.reference)) for trial in trials}
        assert len(alike) == len(trials) == (48 if name in KNOWN_DIGITS else 150), name


def test_every_species_has_a_name_for_the_reader() -> None:
    assert list(SPECIES_NAMES) == list(SPECIES)


@pytest.mark.parametrize("species", ["screen_replay", "old_reordered", "old_retouched"])
def test_an_old_clip_is_asked_for_other_digits_than_it_says(planned: dict[str, list[Trial]], species: str) -> None:
    for trial in planned[species]:
        assert trial.challenge.digits is not None
        assert f"_{trial.challenge.digits}_" not in trial.maker.sources[0]


@pytest.mark.parametrize(
    "species", ["photo_moved", "photo_hole_opening", "mask", "voice_over", "old_reordered_live_voice"]
)
def test_a_voice_that_is_laid_under_a_picture_says_what_is_asked(planned: dict[str, list[Trial]], species: str) -> None:
    for trial in planned[species]:
        assert str(trial.challenge.digits) in trial.maker.sources[-1]


def test_swapped_sound_says_something_else(planned: dict[str, list[Trial]]) -> None:
    for trial in planned["sound_swapped"]:
        picture, sound = trial.maker.sources
        assert str(trial.challenge.digits) in picture
        assert f"_{trial.challenge.digits}" not in sound


def test_a_live_impostor_claims_to_be_somebody_else(planned: dict[str, list[Trial]], shared_media: Path) -> None:
    people = {clip.source: clip.person for clip in genuine_clips(shared_media)}

    for trial in planned["zero_effort"]:
        assert people[trial.maker.sources[0]] != trial.subject
        assert people.get(trial.reference.source, "s1") == trial.subject


def test_the_same_seed_plans_the_same_attacks_and_fewer_are_the_first_of_many(shared_media: Path) -> None:
    few, again = (attacks(shared_media, 3, 3, SEED) for _ in range(2))
    many = attacks(shared_media, 5, 5, SEED)

    assert few == again
    assert set(map(repr, few)) <= set(map(repr, many))
