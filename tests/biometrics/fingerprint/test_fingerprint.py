from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.biometrics.fingerprint.altered import Footage, Picture, encoded, read
from verify_service.biometrics.evidence import Clip, Sound
from verify_service.biometrics.face.follower import FaceFollower
from verify_service.biometrics.face.tracking import followed
from verify_service.biometrics.fingerprint.fingerprint import distance, fingerprint, from_bytes, to_bytes
from verify_service.biometrics.fingerprint.value import Distance, Fingerprint
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy

Known = Callable[[bytes], Fingerprint]


@pytest.fixture(scope="module")
def known(manifest: Manifest) -> Iterator[Known]:
    """The fingerprint of a clip's bytes, through the real decoder and the real detector."""
    follower = FaceFollower.load(manifest)
    with DecodeSandbox(SandboxPolicy(required=False)) as sandbox:

        def of(content: bytes) -> Fingerprint:
            clip = sandbox.clip(content).clip
            return fingerprint(clip, followed(follower.search(clip)))

        yield of


@pytest.fixture(scope="module")
def man(shared_media: Path) -> Path:
    return shared_media / "grid" / "s1_bbir6n.mp4"


@pytest.fixture(scope="module")
def original(known: Known, man: Path) -> Fingerprint:
    return known(man.read_bytes())


@pytest.fixture(scope="module")
def footage(man: Path) -> Footage:
    return read(man)


@pytest.fixture(scope="module")
def other(shared_media: Path) -> Footage:
    return read(shared_media / "grid" / "other_lbbc2a.mp4")


def cropped(share: float) -> Callable[[Picture], Picture]:
    def change(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        rows, columns = round(height * share / 2), round(width * share / 2)
        return picture[rows : height - rows, columns : width - columns]

    return change


def resized(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def brightened(picture: Picture) -> Picture:
    return cv2.convertScaleAbs(picture, alpha=1.0, beta=40).astype(np.uint8)


def darkened(picture: Picture) -> Picture:
    return cv2.convertScaleAbs(picture, alpha=0.6, beta=0).astype(np.uint8)


def mirrored(picture: Picture) -> Picture:
    return picture[:, ::-1]


COPIES: dict[str, Callable[[Footage], Footage]] = {
    "encoded anew": lambda footage: footage,
    "resized": lambda footage: footage.with_pictures(resized),
    "brightened": lambda footage: footage.with_pictures(brightened),
    "darkened": lambda footage: footage.with_pictures(darkened),
    "cropped by 5 %": lambda footage: footage.with_pictures(cropped(0.05)),
    "cropped by 15 %": lambda footage: footage.with_pictures(cropped(0.15)),
    "trimmed": lambda footage: footage.trimmed(0.4, 2.6),
    "mirrored": lambda footage: footage.with_pictures(mirrored),
    "10 % faster": lambda footage: footage.faster(1.1),
    "10 % slower": lambda footage: footage.faster(0.9),
}


def duplicate(apart: Distance, limits: Limits) -> bool:
    return apart.is_duplicate(
        picture_max=limits.near_duplicate_picture_distance_max, sound_max=limits.near_duplicate_sound_distance_max
    )


@pytest.mark.parametrize("copy", COPIES)
def test_an_altered_copy_is_found_and_known(
    known: Known, original: Fingerprint, footage: Footage, limits: Limits, copy: str
) -> None:
    found = known(encoded(COPIES[copy](footage)))

    assert found.search_keys & original.keys
    assert duplicate(distance(found, original), limits)


def test_a_copy_with_another_sound_is_known_by_its_picture(
    known: Known, original: Fingerprint, footage: Footage, other: Footage, limits: Limits
) -> None:
    found = known(encoded(footage.with_sound(other.sound)))

    apart = distance(found, original)
    assert found.search_keys & original.keys
    assert apart.picture is not None
    assert apart.picture <= limits.near_duplicate_picture_distance_max
    assert apart.sound is not None
    assert apart.sound > limits.near_duplicate_sound_distance_max


def test_a_copy_with_another_picture_is_known_by_its_sound(
    known: Known, original: Fingerprint, footage: Footage, other: Footage, limits: Limits
) -> None:
    found = known(encoded(other.with_sound(footage.sound)))

    apart = distance(found, original)
    assert found.search_keys & original.keys
    assert apart.sound is not None
    assert apart.sound <= limits.near_duplicate_sound_distance_max
    assert apart.picture is not None
    assert apart.picture > limits.near_duplicate_picture_distance_max


def test_other_clips_of_the_same_man_in_the_same_room_are_no_duplicates(
    known: Known, shared_media: Path, limits: Limits
) -> None:
    clips = [known(path.read_bytes()) for path in sorted((shared_media / "grid").glob("s1_b*.mp4"))]

    assert len(clips) == 5
    assert not any(duplicate(distance(one, two), limits) for one, two in combinations(clips, 2))


def test_what_is_stored_compares_as_what_was_measured(original: Fingerprint) -> None:
    stored = from_bytes(to_bytes(original))

    apart = distance(stored, original)
    assert apart.picture == pytest.approx(0.0, abs=1e-5)
    assert apart.sound == 0.0
    assert stored.keys == original.keys - original.bands


def test_a_clip_without_a_face_is_known_by_its_sound_alone(talking_man: Clip) -> None:
    found = fingerprint(talking_man, [])

    assert found.movement is None
    assert found.words is not None
    assert found.keys


def test_silence_has_nothing_to_compare(talking_man: Clip) -> None:
    silent = Clip(talking_man.frames, Sound(np.zeros(3 * 16_000, np.float32)), talking_man.seconds)

    found = fingerprint(silent, [])

    assert (found.movement, found.words, found.keys) == (None, None, frozenset())


def test_without_anything_to_compare_nothing_is_a_duplicate() -> None:
    assert not Distance(None, None).is_duplicate(picture_max=1.0, sound_max=1.0)


@pytest.mark.parametrize(("apart", "answer"), [(0.25, True), (0.2501, False)])
def test_a_distance_equal_to_its_limit_counts(apart: float, answer: bool) -> None:
    assert Distance(apart, None).is_duplicate(picture_max=0.25, sound_max=0.1) is answer
    assert Distance(None, apart).is_duplicate(picture_max=0.1, sound_max=0.25) is answer
