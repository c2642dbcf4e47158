"""How digits are written for the speech model in each locale: their forms, and the phrases that may lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verify_service.biometrics.evidence import Locale


@dataclass(frozen=True)
class DigitWriting:
    """The forms of each digit, 0 to 9, what closes the string, and the phrases that may lead to it ("" for none).

    MODELS §3: spaced figures in English, Hanzi in Mandarin. The phrase is that of the challenge (DESIGN §6); whoever reads it
    in part is heard by it or by "" as well as by phrases of its parts, which cost a third of the search.
    """

    forms: tuple[tuple[str, ...], ...]
    asked: str  # the digits that challenges ask for
    full_stop: str
    leads: tuple[str, ...]


DIGITS: Mapping[Locale, DigitWriting] = {
    "en": DigitWriting(
        forms=tuple((f" {digit}",) for digit in "0123456789"),
        asked="0123456789",
        full_stop=".",
        leads=("", " It is me. My numbers are:"),
    ),
    # 幺 is how one is said in a telephone number, 两 a slip for two that Cantonese speakers make.
    "zh": DigitWriting(
        forms=(("零",), ("一", "幺"), ("二", "两"), ("三",), ("四",), ("五",), ("六",), ("七",), ("八",), ("九",)),
        asked="023456789",
        full_stop="。",
        leads=("", "我是本人，请读："),
    ),
}
