"""The texts of consent, by purpose and version, as they were read out and agreed to."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from verify_service.consent.errors import ConsentTextsInvalid, ConsentTextUnknown
from verify_service.kit.languages import Texts

SHIPPED = Path(__file__).with_name("texts.toml")


class ConsentPurpose(StrEnum):
    ENROLMENT = "enrolment"  # keeping a photo and its template
    VERIFICATION = "verification"  # recording a clip and comparing it


class ConsentText(Texts):
    """One version of one purpose's text, in every language."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    version: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    purpose: ConsentPurpose
    effective_on: date


def load_texts(path: Path = SHIPPED) -> tuple[ConsentText, ...]:
    """All texts, oldest first. Raises ConsentTextsInvalid, also if a version is there twice or a purpose has no text."""
    try:
        found = TypeAdapter(list[ConsentText]).validate_python(tomllib.loads(path.read_text("utf-8")).get("text"))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConsentTextsInvalid(str(error)) from error
    if len({text.version for text in found}) < len(found):
        raise ConsentTextsInvalid("a version is there twice")
    if missing := set(ConsentPurpose) - {text.purpose for text in found}:
        raise ConsentTextsInvalid(f"there is no text for {', '.join(sorted(missing))}")
    return tuple(sorted(found, key=lambda text: text.effective_on))


@functools.cache
def shipped_texts() -> tuple[ConsentText, ...]:
    # The file lies in the package and never changes while it runs.
    return load_texts()


def text_of(texts: Sequence[ConsentText], purpose: ConsentPurpose, version: str) -> ConsentText:
    """The text of that version, if it is that purpose's. Raises ConsentTextUnknown."""
    of_purpose = {text.version: text for text in texts if text.purpose is purpose}
    if version not in of_purpose:
        raise ConsentTextUnknown(purpose, version, of_purpose)
    return of_purpose[version]


def current_text(texts: Sequence[ConsentText], purpose: ConsentPurpose, day: date) -> ConsentText | None:
    """The latest text of a purpose that holds on `day`, to be shown to who is asked; None before the first."""
    holding = [text for text in texts if text.purpose is purpose and text.effective_on <= day]
    return holding[-1] if holding else None
