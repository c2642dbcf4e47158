"""SYNTHETIC attacks: that each shows and says what its name tells. Whether the eye is taken in is measured, not tested."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.evaluation.attacks.edits import REORDERINGS, RETOUCHINGS, Edited, backwards, looped, mirrored, trimmed
from scripts.evaluation.attacks.mouth import OpeningHole, OtherMouth, loudness
from scripts.evaluation.attacks.people import Mask, PictureBetween, SwappedMidway, TwoFaces
from scripts.evaluation.attacks.photo import BentPhoto, MovedPhoto, RotatedPhoto, bent
from scripts.evaluation.attacks.screen import ScreenReplay
from scripts.evaluation.attacks.sound import LateSound, OtherSound
from scripts.evaluation.footage import RATE_HZ, Footage, read
from scripts.evaluation.trials import Library, Maker

SAYS_4751, SAYS_5831, OTHER = "digits/s1_4751_01.mp4", "bad/good_5831.mp4", "grid/other_brbk7n.mp4"
KOKORO = "mandarin_digits/4_00_zf_xiaobei_5260.flac"
MAKERS: list[Maker] = [
    MovedPhoto(OTHER, 0.4, SAYS_4751, 1),
    BentPhoto(OTHER, 0.4, SAYS_4751, 1),
    RotatedPhoto(OTHER, 0.4, KOKORO, 1),
    OpeningHole(OTHER, 0.4, SAYS_4751, 0.5, 1),
    OtherMouth(OTHER, 0.4, SAYS_4751, 0.2, 1),
    ScreenReplay(SAYS_4751, 1),
    OtherSound(OTHER, KOKORO),
    LateSound(SAYS_4751, 0.5),
    SwappedMidway(SAYS_4751, OTHER, SAYS_4751, 0.5),
    PictureBetween(OTHER, 0.4, SAYS_4751, SAYS_4751, 5),
    TwoFaces(SAYS_4751, OTHER, 0.8, 0.3),
    Mask(OTHER, 0.4, SAYS_4751, SAYS_4751, 1.0),
    *(Edited(SAYS_4751, kind, 0.5) for kind in (*REORDERINGS, *RETOUCHINGS)),
]


def apart(first: Footage, second: Footage, index: int) -> float:
    """Mean difference of two pictures, grey values."""
    return float(np.abs(first.images[index].astype(int) - second.images[index]).mean())


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: getattr(maker, "kind", type(maker).__name__))
def test_a_clip_is_made_the_same_each_time_with_a_picture_for_all_of_its_sound(library: Library, maker: Maker) -> None:
    content = maker.make(library)

    made = read(content)
    assert maker.make(library) == content
    assert made.seconds == pytest.approx(len(made.samples) / RATE_HZ, abs=0.35)
    assert made.images[0].std() > 10


@pytest.mark.parametrize("kind", [MovedPhoto, BentPhoto, RotatedPhoto])
def test_a_photo_moves_and_another_hand_moves_it_otherwise(library: Library, kind: type[MovedPhoto]) -> None:
    first, second = (read(kind(OTHER, 0.4, SAYS_4751, seed).make(library)) for seed in (1, 2))

    assert apart(first, first.at([10] * len(first.images)), 20) > 0.5
    assert apart(first, second, 20) > 0.5


def test_a_flat_sheet_is_left_as_it_is_and_a_bent_one_is_not(library: Library) -> None:
    image = library.footage(OTHER).images[0]

    assert np.abs(bent(image, 1e-3, lies=False).astype(int) - image).mean() < 0.1
    assert np.abs(bent(image, 1.0, lies=False).astype(int) - image).mean() > 3
    assert np.abs(bent(image, 1.0, lies=True).astype(int) - bent(image, 1.0, lies=False)).mean() > 1


def test_the_hole_opens_with_the_sound() -> None:
    samples = np.concatenate([np.zeros(RATE_HZ), np.full(RATE_HZ, 0.5)]).astype(np.float32)

    loud = loudness(samples)

    assert (loud[:12] == 0).all()
    assert (loud[13:] == 1).all()


def test_the_others_mouth_is_seen_in_the_hole_alone(library: Library) -> None:
    photo = library.footage(OTHER)
    shown = OtherMouth(OTHER, 0.0, SAYS_4751, 0.2, 1).unmoved(library)

    mouth = photo.faces[0].mesh[13, :2].astype(int)
    changes = np.ptp(np.array(shown.images).astype(int), axis=0).max(axis=2)
    assert changes[mouth[1], mouth[0]] > 20
    assert (changes[: mouth[1] - 40] == 0).all()


def test_the_second_person_takes_over_where_the_share_says(library: Library) -> None:
    made = read(SwappedMidway(SAYS_4751, OTHER, SAYS_4751, 0.5).make(library))
    first, second = (library.footage(source).under(made.samples) for source in (SAYS_4751, OTHER))

    turn = round(0.5 * len(first.images))
    assert apart(made, first, turn - 1) < 5 < apart(made, second, turn - 1)
    assert apart(made, second, turn) < 5 < apart(made, first, turn)


def test_the_residents_picture_stands_in_every_fifth_place_and_nowhere_else(library: Library) -> None:
    made, speaker = read(PictureBetween(OTHER, 0.4, SAYS_4751, SAYS_4751, 5).make(library)), library.footage(SAYS_4751)
    speaker = speaker.under(made.samples)

    is_other = [apart(made, speaker, i) > 15 for i in range(len(made.images))]
    assert is_other == [i % 5 == 0 for i in range(len(made.images))]


def test_beside_the_speaker_somebody_comes_in(library: Library) -> None:
    made = read(TwoFaces(SAYS_4751, OTHER, 0.8, 0.5).make(library))

    assert made.size == (720, 288)
    before, after = (made.images[i][:, 360:].std(axis=(0, 1)).max() for i in (5, -1))
    assert before < 5 < after


def test_late_sound_is_later_by_its_seconds(library: Library) -> None:
    plain, late = library.footage(SAYS_4751), read(LateSound(SAYS_4751, 0.5).make(library))

    loudest = [int(np.convolve(np.abs(s), np.ones(800), "same").argmax()) for s in (plain.samples, late.samples)]
    assert (loudest[1] - loudest[0]) / RATE_HZ == pytest.approx(0.5, abs=0.1)
    assert len(late.images) == len(plain.images) + 6


def test_a_voice_over_is_heard_and_the_picture_kept(library: Library) -> None:
    made, picture = read(OtherSound(OTHER, KOKORO, skipped=2).make(library)), library.footage(OTHER)

    assert apart(made, picture.at(range(2, 38)), 3) < 5
    assert len(made.samples) / RATE_HZ == pytest.approx(len(library.sound(KOKORO)) / RATE_HZ, abs=0.1)


def test_the_edits_do_what_they_are_called(library: Library) -> None:
    footage = library.footage(SAYS_4751)

    assert (mirrored(footage, 0.99).images[3][:, ::-1].astype(int) - footage.images[3]).std() < 3
    assert (backwards(footage, 0.0).images[0] == footage.images[-1]).all()
    again = looped(footage, 0.5).images
    assert (again[0] == again[15]).all()
    assert len(trimmed(footage, 1.0).images) == len(footage.images) - 12
