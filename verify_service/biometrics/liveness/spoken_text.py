"""How what was asked is written for the speech model: digits per locale, their other names, sentences and their bank."""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from verify_service.biometrics.evidence import Locale

PHRASES = Path(__file__).with_name("phrases.toml")


@dataclass(frozen=True)
class DigitWriting:
    """The forms of each digit, 0 to 9, what closes the string, and the phrases that may lead to it ("" for none).

    MODELS §3: spaced figures in English, Hanzi in Mandarin. The phrases are those of the challenge (DESIGN §6), read out in
    full or in part; a string may follow any of them.
    """

    forms: tuple[tuple[str, ...], ...]
    full_stop: str
    leads: tuple[str, ...]


DIGITS: Mapping[Locale, DigitWriting] = {
    "en": DigitWriting(
        forms=tuple((f" {digit}",) for digit in "0123456789"),
        full_stop=".",
        leads=("", " It is me. My numbers are:", " My numbers are:"),
    ),
    # 幺 is how one is said in a telephone number, 两 a slip for two that Cantonese speakers make.
    "zh": DigitWriting(
        forms=(("零",), ("一", "幺"), ("二", "两"), ("三",), ("四",), ("五",), ("六",), ("七",), ("八",), ("九",)),
        full_stop="。",
        leads=("", "我是本人，请读：", "我是本人，", "我的数字是"),
    ),
}


def read_phrases(path: Path = PHRASES) -> Mapping[str, tuple[str, ...]]:
    """The bank of sentences by locale."""
    table = tomllib.loads(path.read_text("utf-8"))
    return {locale: tuple(entry["sentences"]) for locale, entry in table.items()}


def plain(sentence: str) -> str:
    """Letters and digits alone, in small letters: two sentences that sound alike compare equal."""
    return re.sub(r"[\W_]+", "", sentence).casefold()


def others_of_like_length(sentence: str, bank: Sequence[str], count: int) -> tuple[str, ...]:
    """The `count` sentences of the bank nearest in length to the asked one, itself excluded; ties drawn by its own hash.

    The same sentence always meets the same others, so that a decision can be replayed.
    """
    asked = plain(sentence)
    rng = Random(zlib.crc32(asked.encode()))  # noqa: S311 - a fair draw, not a secret
    others = [other for other in bank if plain(other) != asked]
    rng.shuffle(others)
    return tuple(sorted(others, key=lambda other: abs(len(plain(other)) - len(asked)))[:count])
