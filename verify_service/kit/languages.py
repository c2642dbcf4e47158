"""The languages in which the service speaks to people, and the choice of one by `Accept-Language` (RFC 9110 §12.5.4)."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh-Hans"
# Regions that write traditional characters, and Cantonese, which is written so in Hong Kong and Macao.
TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "yue")


class Texts(BaseModel):
    """One sentence in every language. None may be missing: a person who reads none of the others is left without help."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    zh_hans: str = Field(alias="zh-Hans", min_length=1)
    zh_hant: str = Field(alias="zh-Hant", min_length=1)
    en: str = Field(min_length=1)

    def say(self, language: Language) -> str:
        return {"zh-Hans": self.zh_hans, "zh-Hant": self.zh_hant, "en": self.en}[language]


def chosen(accept_language: str | None) -> Language:
    """The language that the header prefers among ours; simplified Chinese if it names none of them."""
    for tag in _by_preference(accept_language or ""):
        if tag.startswith(TRADITIONAL):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag == "en" or tag.startswith("en-"):
            return "en"
    return DEFAULT


def _by_preference(header: str) -> list[str]:
    weighed = [(_weight(parameters), tag.strip().lower()) for tag, _, parameters in _entries(header)]
    return [tag for weight, tag in sorted(weighed, key=lambda entry: -entry[0]) if tag and weight > 0]


def _entries(header: str) -> list[tuple[str, str, str]]:
    return [entry.partition(";") for entry in header[:500].split(",")]


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
