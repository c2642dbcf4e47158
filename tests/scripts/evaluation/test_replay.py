from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.evaluation.attacks.edits import Edited
from scripts.evaluation.cache import Cache
from scripts.evaluation.crew import Tools
from scripts.evaluation.replay import (
    Copy,
    Pair,
    copies,
    distance_of,
    figures_of,
    fingerprint_of,
    kept_limits,
    originals,
)
from scripts.evaluation.trials import AsItIs
from verify_service.biometrics.fingerprint.value import Distance
from verify_service.decision.thresholds import load_thresholds

CLIP, OTHER = "grid/s1_bgan4n.mp4", "grid/s1_priv4n.mp4"
NEAR, FAR = Distance(0.05, 0.05), Distance(0.9, 0.5)


def copy(kind: str) -> Copy:
    return Copy(kind, CLIP, AsItIs(CLIP))


def test_a_mirrored_copy_lies_nearer_than_another_clip_of_the_same_man(tools: Tools, tmp_path: Path) -> None:
    fresh = replace(tools, cache=Cache(tmp_path))

    own, other, mirrored = (
        fingerprint_of(fresh, maker) for maker in (AsItIs(CLIP), AsItIs(OTHER), Edited(CLIP, "mirrored", 0.5))
    )

    near, far = distance_of(fresh, (mirrored, own)), distance_of(fresh, (other, own))
    assert near.picture is not None
    assert far.picture is not None
    assert near.picture < far.picture
    assert mirrored.search_keys & own.keys
    # What is kept is what was taken.
    assert fingerprint_of(fresh, AsItIs(CLIP)).search_keys == own.search_keys


def test_copies_are_counted_by_kind_and_other_clips_apart() -> None:
    pairs = [
        Pair("mirrored", CLIP, CLIP, NEAR),
        Pair("mirrored", CLIP, CLIP, FAR),
        Pair("one person, one room", CLIP, OTHER, FAR),
    ]

    found = figures_of(pairs, [copy("mirrored"), copy("mirrored")], [True, False], load_thresholds().limits)

    numbers = found.numbers["copies"]["mirrored"]
    assert (numbers["found"]["hits"], numbers["found"]["trials"]) == (1, 2)
    assert numbers["candidate"]["hits"] == 1
    assert (numbers["picture"]["least"], numbers["picture"]["greatest"]) == (0.05, 0.9)
    assert found.numbers["others"]["taken_for_a_copy"]["hits"] == 0
    assert [goal.met for goal in found.goals] == [False, True]


def test_the_limits_of_picture_and_sound_are_told_by_what_keeps_the_one_and_the_other() -> None:
    copied = Copy("under another voice", CLIP, AsItIs(CLIP), "picture")
    pairs = [
        Pair("mirrored", CLIP, CLIP, NEAR),
        Pair("under another voice", CLIP, CLIP, Distance(0.05, 0.5)),
        Pair("two people", CLIP, OTHER, FAR),
    ]

    picture, sound = kept_limits(pairs, [copy("mirrored"), copied], load_thresholds().limits)

    assert picture.counts == "copies 2: 0.05 to 0.05; other clips 1: 0.90 to 0.90"
    assert sound.counts == "copies 1: 0.05 to 0.05; other clips 1: 0.50 to 0.50"
    assert "misses 0 of 1" in sound.bound


def test_a_clip_played_backwards_is_not_asked_for() -> None:
    pairs = [Pair("reversed", CLIP, CLIP, FAR), Pair("two people", CLIP, OTHER, FAR)]

    found = figures_of(pairs, [copy("reversed")], [True], load_thresholds().limits)

    assert found.goals[0].met is True


def test_every_clip_is_copied_in_every_way_and_none_is_cut_of_another(shared_media: Path) -> None:
    sources = originals(shared_media)

    made = copies(sources)

    assert len(sources) == 21
    assert not any(source.startswith("digits/") for source in sources)
    assert len(made) == 20 * len({each.kind for each in made}) >= 200
    assert len({repr(each.maker) for each in made}) == len(made)
