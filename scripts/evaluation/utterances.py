"""Strings of digits as people and SYNTHETIC voices say them: which there are, and the sound of each at 16 kHz.

grid      one man, digits cut together from his sentences (shared/data/digits)                           real, cut
fsdd      six people, single digits joined with short pauses (shared/data/spoken_digits), 8 kHz           real, joined
mandarin  four voices (shared/data/mandarin_digits)                                                       synthetic
kokoro    eight voices, made here: run together, in pairs, one by one, 一 or 幺, four speeds, some after a carrier   synthetic
"""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.cache import Cache, sha256
from scripts.evaluation.voices import RATE_HZ as VOICE_RATE_HZ
from scripts.evaluation.voices import SPEAKERS, MandarinVoice, Style, phonemes_of, voice_styles
from verify_service.biometrics.evidence import Locale, Vector
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession

RATE_HZ = 16_000
Corpus = Literal["grid", "fsdd", "mandarin", "kokoro"]

KOKORO_STRINGS = 416  # 52 a voice
KOKORO_ROUNDS_WITH_ONE = 16  # the first 128 strings hold 一 or 幺 too; the others are what a challenge asks
KOKORO_STYLES: tuple[Style, ...] = ("together", "pairs", "one by one")
KOKORO_SPEEDS = (0.85, 1.0, 1.15, 1.3)  # at 1.3, run together, four digits last 1.3 s
FSDD_STRINGS = 132  # 22 a speaker
FSDD_PAUSE_SECONDS = (0.1, 0.35)
FSDD_LEAD_SECONDS = 0.5  # of faint noise before and after, as a phone records it


@dataclass(frozen=True)
class Utterance:
    """One string and how its sound is come by: `files` under the media folder, or `phonemes` at a `speed` for a voice."""

    corpus: Corpus
    name: str
    locale: Locale
    digits: str
    speaker: str
    style: str = ""
    files: tuple[str, ...] = ()
    phonemes: str = ""
    speed: float = 1.0
    seed: int = 0


def utterances(media: Path, seed: int) -> list[Utterance]:
    """All of them, in an order that does not change. FileNotFoundError where the media folder lacks a corpus."""
    return [*_grid(media), *_fsdd(media, seed), *_mandarin(media), *kokoro(seed)]


@dataclass(frozen=True)
class Sounds:
    """Brings the sound of any utterance: mono samples at 16 kHz in −1…1.

    Synthesis goes through the cache: it takes twice as long as the sound lasts, one core.
    """

    media: Path
    manifest: Manifest
    cache: Cache

    def of(self, utterance: Utterance) -> Vector:
        if utterance.phonemes:
            return self.spoken(utterance.speaker, utterance.phonemes, utterance.speed)
        if utterance.corpus == "fsdd":
            return _joined([self.media / file for file in utterance.files], utterance.seed)
        return read_sound(self.media / utterance.files[0])

    def spoken(self, speaker: str, phonemes: str, speed: float) -> Vector:
        """Phonemes in a voice of the manifest. SYNTHETIC."""
        hashes = [self.manifest.asset(role).sha256 for role in ("voice_weights", f"voice_zh_{speaker}")]

        def make() -> bytes:
            (named,) = (known for known in SPEAKERS if known == speaker)
            voice = MandarinVoice(self._session, voice_styles(self.manifest, named))
            made = at_16_khz(voice.say(phonemes, speed), VOICE_RATE_HZ)
            return np.round(np.clip(made, -1, 1) * 32767).astype("<i2").tobytes()

        content = self.cache.content(("voice", *hashes, phonemes, str(speed)), make)
        return np.frombuffer(content, "<i2").astype(np.float32) / np.float32(32768)

    @cached_property
    def _session(self) -> ONNXSession:
        return ONNXSession(self.manifest.verified("voice_weights"))


def _grid(media: Path) -> Iterator[Utterance]:
    for entry in json.loads((media / "digits" / "digits.json").read_text("utf-8")):
        yield Utterance(
            "grid", entry["file"], "en", entry["digits"], entry["person"], "cut", (f"digits/{entry['file']}",)
        )


def _mandarin(media: Path) -> Iterator[Utterance]:
    for entry in json.loads((media / "mandarin_digits" / "digits.json").read_text("utf-8")):
        style = "one by one" if entry["spoken"].count("，") > 2 else "pairs" if "，" in entry["spoken"] else "together"
        file = f"mandarin_digits/{entry['file']}"
        yield Utterance("mandarin", entry["file"], "zh", entry["digits"], entry["voice"], style, (file,))


def _fsdd(media: Path, seed: int) -> Iterator[Utterance]:
    found = sorted(path.name for path in (media / "spoken_digits").glob("*.wav"))
    if not found:
        raise FileNotFoundError(f"no recordings in {media / 'spoken_digits'}")
    speakers = sorted({name.split("_")[1] for name in found})
    for index in range(FSDD_STRINGS):
        chance, speaker = np.random.default_rng([seed, 1, index]), speakers[index % len(speakers)]
        digits = drawn(chance, 6 if (index // len(speakers)) % 3 == 2 else 4)
        files = [
            str(chance.choice([name for name in found if name.startswith(f"{digit}_{speaker}_")])) for digit in digits
        ]
        yield Utterance(
            "fsdd",
            f"{speaker}_{digits}_{index}",
            "en",
            digits,
            speaker,
            "joined",
            tuple(f"spoken_digits/{file}" for file in files),
            seed=index,
        )


def kokoro(seed: int) -> list[Utterance]:
    """The synthetic strings: every voice in every style at every speed, some with 一 or 幺, most without, as a challenge asks."""
    return [_kokoro(seed, index) for index in range(KOKORO_STRINGS)]


def _kokoro(seed: int, index: int) -> Utterance:
    chance, speaker = np.random.default_rng([seed, 2, index]), SPEAKERS[index % len(SPEAKERS)]
    round_ = index // len(SPEAKERS)
    style = KOKORO_STYLES[round_ % 3]
    with_one = round_ < KOKORO_ROUNDS_WITH_ONE
    digits = drawn(chance, 6 if round_ % 7 == 3 else 4, "0123456789" if with_one else "023456789")
    one: Literal["一", "幺"] = "幺" if with_one and (round_ // 3) % 2 else "一"
    if one == "幺" and "1" not in digits:
        digits = f"1{digits[1:]}" if digits[1] != "1" else digits
    carrier = ("我是本人，请读：", "我是本人，")[round_ % 2] if round_ % 9 == 4 else ""
    speed = KOKORO_SPEEDS[(round_ + index) % len(KOKORO_SPEEDS)]
    described = ", ".join(word for word in (style, "幺" if one == "幺" and "1" in digits else "", carrier) if word)
    phonemes = phonemes_of(digits, style, carrier, one)
    return Utterance("kokoro", f"{speaker}_{digits}_{index}", "zh", digits, speaker, described, (), phonemes, speed)


def drawn(chance: np.random.Generator, count: int, among: str = "0123456789") -> str:
    """As a challenge is drawn: none twice in a row."""
    digits = ""
    while len(digits) < count:
        digits += str(chance.choice([digit for digit in among if not digits.endswith(digit)]))
    return digits


def _joined(files: Sequence[Path], seed: int) -> Vector:
    """Recordings one after the other with pauses of faint noise."""
    chance = np.random.default_rng(seed)
    pieces = [_faint(chance, FSDD_LEAD_SECONDS)]
    for file in files:
        pieces += [read_wave(file), _faint(chance, chance.uniform(*FSDD_PAUSE_SECONDS))]
    return np.concatenate([*pieces, _faint(chance, FSDD_LEAD_SECONDS)])


def _faint(chance: np.random.Generator, seconds: float) -> Vector:
    """Noise 66 dB below full scale: no microphone records zeros."""
    return chance.normal(0, 5e-4, round(seconds * RATE_HZ)).astype(np.float32)


def read_wave(path: Path) -> Vector:
    """A WAV file of 16 bits, mono, at 16 kHz."""
    with wave.open(io.BytesIO(path.read_bytes())) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)
        return at_16_khz(samples, file.getframerate())


def read_sound(path: Path) -> Vector:
    """The first track of sound of any file, mono at 16 kHz."""
    resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
    with av.open(str(path)) as container:
        frames = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def at_16_khz(samples: NDArray[np.float32], rate_hz: int) -> Vector:
    """The same sound with 16,000 samples a second, as the eye hears it."""
    resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
    sound = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="fltp", layout="mono")
    sound.sample_rate = rate_hz
    pieces = [*resampler.resample(sound), *resampler.resample(None)]
    return np.concatenate([piece.to_ndarray()[0] for piece in pieces]).astype(np.float32)


def key_of(samples: Vector) -> str:
    """sha256 of a sound: what was measured on it is kept by this."""
    return sha256(samples.tobytes())
