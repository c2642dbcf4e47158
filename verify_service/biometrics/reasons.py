"""The words by which a check says why it does not pass. One list, so that policy, docs and tests can hold it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    # The clip as a file.
    UNREADABLE = "unreadable"
    UNSUPPORTED_FORMAT = "unsupported_format"
    CLIP_SHORT = "clip_short"
    CLIP_LONG = "clip_long"
    # The picture.
    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    FACE_TURNED = "face_turned"
    FACE_COVERED = "face_covered"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    # The sound.
    NO_SOUND = "no_sound"
    SPEECH_UNCLEAR = "speech_unclear"
    WRONG_WORDS = "wrong_words"  # told to the phone as "say_again"
    # What only staff may see: an attacker could learn from it.
    PERSON_CHANGED = "person_changed"
    LIPS_STILL = "lips_still"
    NO_MOTION = "no_motion"
    LIPS_APART_FROM_SOUND = "lips_apart_from_sound"
    PRESENTATION = "presentation"  # a picture or a screen instead of a face, as one net sees it
    COMPARISON = "comparison"
    NOT_MEASURED = "not_measured"
