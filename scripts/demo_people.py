"""The demo's cast and its clips, all made from registry packages (models/manifest.toml, kind = "media")."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts.clip_editing import Box, encode_anew, frame_as_jpeg, without_frames

TALKING_MAN_SAYS = (
    "Hi, I'm Jon Peirce, I'm a lecturer at the University of Nottingham and I'm the originator of PsychoPy"
)
SPEAKER_SAYS = (
    "Today, after two years of negotiations, the United States, together with international partners, "
    "has achieved something"
)
ENROLLED_FROM_SECOND = 0.5
# Where the speaker stands in the clip of two men.
SPEAKER = Box(0.42, 0.0, 0.80, 0.6)


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
        two_men_clip=two_men.read_bytes(),
        speaker_clip=encode_anew(two_men, quality=16, change=SPEAKER.of),
    )
