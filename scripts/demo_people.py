"""The demo's cast and its clips, all made from registry packages (models/manifest.toml, kind = "media")."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path

from scripts.clip_editing import Box, Image, encode_anew, frame_as_jpeg, without_frames, zoomed

TALKING_MAN_SAYS = (
    "Hi, I'm Jon Peirce, I'm a lecturer at the University of Nottingham and I'm the originator of PsychoPy"
)
SPEAKER_SAYS = "the United States, together with international partners, has achieved something"
# The second half of the clip of two men. The first half is sent with both: one recording sent twice would be known again.
SPEAKER_SAYS_FROM = 4.0
ENROLLED_FROM_SECOND = 0.5
# Where the speaker stands in the clip of two men.
SPEAKER = Box(0.42, 0.0, 0.80, 0.6)
SPEAKER_ZOOM = 3.0  # as a phone's camera would: from 42 px his face comes to a usual width


@dataclass(frozen=True)
class Person:
    """Somebody in the register. Names and numbers are made up; the numbers' check digits are right."""

    id_number: str
    name: str


MAN = Person("440304194903070010", "彭约翰")
SPEAKER_PERSON = Person("440304194608040011", "欧国栋")
STRANGER_ID_NUMBER = "440304195001010021"


@dataclass(frozen=True)
class Media:
    """Photos and clips as bytes."""

    man_photo: bytes
    man_clip: bytes
    man_clip_again: bytes
    portrait: bytes
    two_men_clip: bytes
    speaker_clip: bytes


def prepare(talking_man: Path, two_men: Path, portrait: Path) -> Media:
    """Cut the demo's clips. The frame that the talking man is enrolled from, and those around it, are not in his clip."""
    return Media(
        man_photo=frame_as_jpeg(talking_man, ENROLLED_FROM_SECOND),
        man_clip=without_frames(talking_man, ENROLLED_FROM_SECOND),
        man_clip_again=encode_anew(talking_man, quality=26),
        portrait=portrait.read_bytes(),
        two_men_clip=encode_anew(two_men, quality=16, between=(0.0, SPEAKER_SAYS_FROM)),
        speaker_clip=speaker_alone(two_men),
    )


def speaker_alone(two_men: Path) -> bytes:
    """The clip of two men from its middle on, cut to the speaker and enlarged."""

    def change(image: Image) -> Image:
        return zoomed(SPEAKER.of(image), SPEAKER_ZOOM)

    return encode_anew(two_men, quality=16, change=change, between=(SPEAKER_SAYS_FROM, inf))
