"""A district's own clips in a folder: who is in them, and what each was asked to say (docs/evaluating-your-own-clips.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from verify_service.biometrics.evidence import Challenge, Locale

CLIPS = {".mp4", ".webm", ".mov"}
PHOTOS = {".jpg", ".jpeg", ".png"}
NAME = re.compile(r"(?P<locale>zh|en)_(?P<digits>\d{3,10})(_.*)?")
LOCALES = ("zh", "en")
FIELDS = {"locale", "digits", "sentence", "age_group", "photo_year"}
BAND_YEARS = 5


class OwnFolderInvalid(Exception):
    """The folder cannot be measured as it is."""


class NobodyThere(OwnFolderInvalid):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} holds no folder of a person with a reference photo and a clip")


class NoReference(OwnFolderInvalid):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} holds clips but no reference*.jpg or reference*.png to compare them with")


class ClipUnexplained(OwnFolderInvalid):
    def __init__(self, clip: Path, why: str) -> None:
        self.clip = clip
        super().__init__(
            f"what was to be said in {clip} is not known ({why}): name it such as zh_5831.mp4, or lay "
            f'{clip.with_suffix(".json").name} beside it: {{"locale": "zh", "digits": "5831"}} or {{…, "sentence": "…"}}'
        )


@dataclass(frozen=True)
class OwnClip:
    """`groups` are what results are told apart by: an age group, years in which the reference photo was taken."""

    path: Path
    challenge: Challenge
    groups: tuple[str, ...]


@dataclass(frozen=True)
class OwnPerson:
    """A person, known to the report by nothing but the place in the list."""

    references: tuple[Path, ...]
    clips: tuple[OwnClip, ...]


def people_in(folder: Path) -> list[OwnPerson]:
    """The people, one a sub-folder. Raises NobodyThere, NoReference, ClipUnexplained."""
    people = [_person(one) for one in sorted(folder.iterdir()) if one.is_dir()] if folder.is_dir() else []
    people = [person for person in people if person.clips]
    if not people:
        raise NobodyThere(folder)
    return people


def _person(folder: Path) -> OwnPerson:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    references = [path for path in files if path.suffix.lower() in PHOTOS and path.name.lower().startswith("reference")]
    clips = [path for path in files if path.suffix.lower() in CLIPS]
    if clips and not references:
        raise NoReference(folder)
    return OwnPerson(tuple(references), tuple(_clip(path) for path in clips))


def _clip(path: Path) -> OwnClip:
    about = _about(path)
    unknown = about.keys() - FIELDS
    if unknown:
        raise ClipUnexplained(path, f"unknown fields: {', '.join(sorted(unknown))}")
    if about.get("locale") not in LOCALES:
        raise ClipUnexplained(path, 'no locale "zh" or "en"')
    try:
        challenge = Challenge(cast(Locale, about["locale"]), about.get("digits"), about.get("sentence"))
    except ValueError as error:
        raise ClipUnexplained(path, str(error)) from error
    return OwnClip(path, challenge, tuple(_groups(about)))


def _about(path: Path) -> Mapping[str, Any]:
    """What the file beside the clip says, and where it is silent on that, what the clip's name says."""
    beside = path.with_suffix(".json")
    named = NAME.fullmatch(path.stem)
    about: dict[str, Any] = {}
    if beside.is_file():
        try:
            about = dict(json.loads(beside.read_text("utf-8")))
        except ValueError as error:
            raise ClipUnexplained(path, f"{beside.name} is not a JSON object") from error
    if named and not about.keys() & {"locale", "digits", "sentence"}:
        about |= {"locale": named["locale"], "digits": named["digits"]}
    return about


def _groups(about: Mapping[str, Any]) -> list[str]:
    groups = [f"aged {about['age_group']}"] if "age_group" in about else []
    if "photo_year" in about:
        begin = int(about["photo_year"]) // BAND_YEARS * BAND_YEARS
        groups.append(f"photo of {begin} to {begin + BAND_YEARS - 1}")
    return groups
