"""What the person is asked to say: a sentence with random digits, so that an old recording does not answer it."""

from __future__ import annotations

from dataclasses import dataclass

from verify_service.biometrics.evidence import Challenge, Locale
from verify_service.biometrics.liveness.spoken_text import DIGITS as WRITINGS
from verify_service.kit.randomness import Randomness

DIGIT_COUNT = 4
HANZI = dict(zip("0123456789", "零一二三四五六七八九", strict=True))

# 一 is also read 幺, so a Mandarin challenge does not ask for it; English digits have one reading each. The ear holds what was
# said against the strings that come out of these digits, so it names them.
DIGITS: dict[Locale, str] = {locale: writing.asked for locale, writing in WRITINGS.items()}
CARRIER: dict[Locale, str] = {"zh": "我是本人，请读：{digits}", "en": "It is me. My numbers are: {digits}"}


@dataclass(frozen=True)
class Asked:
    """A challenge and the text that the phone shows and speaks."""

    challenge: Challenge
    text: str


def mint(randomness: Randomness, locale: Locale) -> Asked:
    """A fresh challenge: four digits, none twice in a row (9 × 8³ = 4,608 strings in Mandarin, 10 × 9³ in English)."""
    digits = ""
    while len(digits) < DIGIT_COUNT:
        choice = [d for d in DIGITS[locale] if not digits.endswith(d)]
        digits += choice[randomness.below(len(choice))]
    return fixed(Challenge(locale=locale, digits=digits))


def fixed(challenge: Challenge) -> Asked:
    """A challenge that was chosen by the caller (demo, tests) with its text."""
    if challenge.sentence is not None:
        return Asked(challenge, challenge.sentence)
    spoken = " ".join(HANZI[d] if challenge.locale == "zh" else d for d in challenge.digits or "")
    return Asked(challenge, CARRIER[challenge.locale].format(digits=spoken))
