"""SYNTHETIC Mandarin speech: Kokoro-82M on plain ONNX Runtime, eight voices, so that speech is measured on any machine.

No person speaks here. The phonemes of each phrase were written once by misaki[zh]==0.9.4 (`misaki.zh.ZHG2P()`, its IPA
version, which is Kokoro v1.0's) and stand in the table below; the numbers of its symbols are those of Kokoro v1.0's
config.json (`vocab`), as in the package kokoro-onnx.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession

RATE_HZ = 24_000
Speaker = Literal[
    "xiaobei", "xiaoni", "xiaoxiao", "xiaoyi", "yunjian", "yunxi", "yunxia", "yunyang"
]  # four women, four men
SPEAKERS: tuple[Speaker, ...] = get_args(Speaker)
# How a code is read aloud: spaced is a list without pauses, the others are as they say.
Style = Literal["spaced", "together", "pairs", "one by one"]
STYLES: tuple[Style, ...] = get_args(Style)

DIGITS: Mapping[str, str] = {
    "0": "li↗ŋ",
    "1": "i→",
    "2": "ɚ↘",
    "3": "sa→n",
    "4": "sɨ↘",
    "5": "u↓",
    "6": "ljou↘",
    "7": "ʨʰi→",
    "8": "pa→",
    "9": "ʨjou↓",
}
PHRASES: Mapping[str, str] = {
    "幺": "jau→",
    "两": "lja↓ŋ",
    "我是本人，请读：": "wo↓ ʂɨ↘ pə↓nɻə↗n, ʨʰi↓ŋtu↗: ",
    "我是本人，": "wo↓ ʂɨ↘ pə↓nɻə↗n, ",
    "我的数字是": "wo↓ tɤ ʂu↘ʦɨ↘ ʂɨ↘ ",
    "今天天气很好": "ʨi→ntʰjɛ→ntʰjɛ→nʨʰi↘ xə↓n xau↓",
    "我身体很健康": "wo↓ ʂə→ntʰi↓ xə↓n ʨjɛ↘nkʰa→ŋ",
    "我每天早上走半个小时的路锻炼身体": "wo↓ mei↓tʰjɛ→n ʦau↓ʂa↘ŋ ʦou↓ pa↘nkɤ↘ ɕjau↓ʂɨ↗ tɤ lu↘ twa↘nljɛ↘nʂə→ntʰi↓",
}
# fmt: off
_SYMBOLS = {
    ":": 2, ",": 3, ".": 4, " ": 16, "ʦ": 20, "ʨ": 21, "a": 43, "e": 47, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55,
    "n": 56, "o": 57, "p": 58, "s": 61, "t": 62, "u": 63, "w": 65, "x": 66, "ɕ": 77, "ə": 83, "ɚ": 85, "ɛ": 86, "ɨ": 101,
    "ŋ": 112, "ɻ": 126, "ʂ": 130, "ɤ": 140, "ʰ": 162, "↓": 169, "→": 171, "↗": 172, "↘": 173,
}
# fmt: on
_SEPARATORS: Mapping[Style, tuple[str, str]] = {  # within a pair of digits, and between pairs
    "spaced": (" ", " "),
    "together": ("", ""),
    "pairs": ("", ", "),
    "one by one": (", ", ", "),
}


@dataclass(frozen=True)
class MandarinVoice:
    """Says phonemes, digits or phrases of the table; answers mono samples at 24 kHz in −1…1. The same words, the same sound."""

    session: ONNXSession
    styles: NDArray[np.float32]  # 510 × 1 × 256: a voice's style for each length of text

    @classmethod
    def load(cls, manifest: Manifest, speaker: Speaker = "xiaoxiao") -> MandarinVoice:
        return cls(ONNXSession(manifest.verified("voice_weights")), voice_styles(manifest, speaker))

    def say(self, phonemes: str, speed: float = 0.9) -> NDArray[np.float32]:
        """KeyError for a symbol that is not in the table."""
        symbols = [_SYMBOLS[symbol] for symbol in phonemes]
        tokens = np.array([[0, *symbols, 0]], np.int64)
        (samples,) = self.session.run(
            {"tokens": tokens, "style": self.styles[len(symbols)], "speed": np.array([speed], np.float32)}
        )
        return np.asarray(samples, np.float32).reshape(-1)

    def digits(self, digits: str, carrier: str = "", speed: float = 0.9) -> NDArray[np.float32]:
        """Digits one by one, as people read a code aloud, after a carrier phrase of the table."""
        return self.say(phonemes_of(digits, "spaced", carrier), speed)


def voice_styles(manifest: Manifest, speaker: Speaker) -> NDArray[np.float32]:
    """A speaker's style vectors, 510 × 1 × 256. Raises ManifestError where the file is missing or changed."""
    return np.fromfile(manifest.verified(f"voice_zh_{speaker}"), np.float32).reshape(-1, 1, 256)


def phonemes_of(digits: str, style: Style, carrier: str = "", one: Literal["一", "幺"] = "一") -> str:
    """A string of digits as phonemes in a reading style, after a carrier phrase of the table ("" for none)."""
    spoken = [PHRASES["幺"] if one == "幺" and digit == "1" else DIGITS[digit] for digit in digits]
    within, between = _SEPARATORS[style]
    text = spoken[0]
    for place, phonemes in enumerate(spoken[1:], 1):
        joint = within if place % 2 else between
        # Before another third tone, said in one breath, a third tone rises (五九 is read wú jiǔ).
        if not joint and text.endswith("↓") and phonemes.endswith("↓"):
            text = f"{text[:-1]}↗"
        text += joint + phonemes
    return (PHRASES[carrier] if carrier else "") + text + "."
