"""A clip's fingerprint and the distance of two: found again after encoding, crop, trim, mirror, other speed, other sound.

Nothing of it can be turned back into a face: blocks of a twelfth of the window, and only how they change.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.tracking import Place
from verify_service.biometrics.fingerprint.movement import movement_distance, movement_of
from verify_service.biometrics.fingerprint.sound_words import sound_distance, words_of
from verify_service.biometrics.fingerprint.still_hash import sought_bands, still_bands
from verify_service.biometrics.fingerprint.value import Distance, Fingerprint
from verify_service.biometrics.fingerprint.window import patches, window_of

# Fingerprints of another version do not compare: they are found by nobody and age out.
VERSION = 2


def fingerprint(clip: Clip, places: Sequence[Place]) -> Fingerprint:
    """The fingerprint of a decoded clip; `places` are where its face was seen (`FaceTrack.places`).

    Without a face the sound alone is known.
    """
    words = words_of(clip.sound)
    window = window_of(places)
    if window is None or not clip.frames:
        return Fingerprint(None, words, frozenset(), frozenset())
    shown = patches(clip, window)
    movement = movement_of(shown, [frame.at for frame in clip.frames])
    return Fingerprint(movement, words, still_bands(shown), sought_bands(shown))


def distance(first: Fingerprint, second: Fingerprint) -> Distance:
    """How far two clips lie apart, by picture and by sound. Symmetric but for the rounding of the speeds."""
    picture = sound = None
    if first.movement is not None and second.movement is not None:
        picture = movement_distance(first.movement, second.movement)
    if first.words is not None and second.words is not None:
        sound = sound_distance(first.words, second.words)
    return Distance(picture, sound)


def to_bytes(found: Fingerprint) -> bytes:
    """What is compared, as bytes to be stored; the keys are stored apart."""
    target = io.BytesIO()
    parts: dict[str, Any] = {"movement": found.movement, "words": found.words}
    np.savez_compressed(target, **{name: part for name, part in parts.items() if part is not None})
    return target.getvalue()


def from_bytes(stored: bytes) -> Fingerprint:
    """The fingerprint of `to_bytes`, without keys."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as parts:
        movement = parts.get("movement")
        words = parts.get("words")
    return Fingerprint(movement, words, frozenset(), frozenset())
