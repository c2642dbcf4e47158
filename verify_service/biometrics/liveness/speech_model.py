"""Whisper base as the service uses it: the clip's own seconds are encoded once, then texts are scored against them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from verify_service.biometrics.evidence import Locale, Sound, SpeechSpan, Vector
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.liveness.digit_search import Opening
from verify_service.biometrics.liveness.log_mel import COLUMNS_PER_SECOND, RATE_HZ, LogMel, scaled
from verify_service.biometrics.liveness.speech_decoder import Floats, Memory, SpeechDecoder, padded
from verify_service.biometrics.liveness.speech_weights import SpeechModelError, read_weights
from verify_service.biometrics.liveness.steady_noise import without_steady_noise

ROLE = "speech_weights"
ROLES = (ROLE, "speech_config", "speech_tokenizer", "speech_vocabulary")
LONGEST_SECONDS = 30  # of sound that Whisper can hear at once

# Kept around the speech, and digital silence after it: the encoder reads a word's edges from the quiet beside them. At limits
# that let a string's neighbours in equally often, 0.6 s and a filling to the next whole second plus one (5.0 s a clip instead
# of 3.4) hears no more right strings (of 24 GRID, 12 FSDD and 12 Mandarin, clean and at 5 dB: 70 of 72 against 70).
MARGIN_SECONDS = 0.3
QUIET_SECONDS = 0.5


class FilesApart(SpeechModelError):
    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        super().__init__("the speech model's files must lie in one folder, not in " + ", ".join(map(str, folders)))


class SpeechModel:
    """Encoder by CTranslate2 (int8, one thread), tokenizer, and the decoder of `speech_decoder`."""

    def __init__(self, encoder: ctranslate2.models.Whisper, tokenizer: Tokenizer, decoder: SpeechDecoder) -> None:
        self._encoder, self._tokenizer, self.decoder = encoder, tokenizer, decoder
        self._log_mel = LogMel()

    @classmethod
    def load(cls, manifest: Manifest) -> SpeechModel:
        """Check the hashes of the four files and load them. Raises ManifestError, FilesApart or UnknownLayout."""
        files = [manifest.verified(role) for role in ROLES]
        folders = sorted({file.parent for file in files})
        if len(folders) != 1:
            raise FilesApart(folders)
        # A worker process is the unit of parallelism (DESIGN §9): one thread here.
        encoder = ctranslate2.models.Whisper(
            str(folders[0]), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1
        )
        return cls(encoder, Tokenizer.from_file(str(files[2])), SpeechDecoder(read_weights(files[0])))

    def hear(self, sound: Sound, spans: Sequence[SpeechSpan]) -> Memory | None:
        """Encode the stretch from the first span of speech to the end of the last; None where nobody speaks.

        Raises ValueError for a rate other than 16 kHz or samples that are not finite.
        """
        if sound.rate_hz != RATE_HZ:
            raise ValueError(f"the sound has {sound.rate_hz} samples a second; Whisper hears {RATE_HZ}")
        if not np.isfinite(sound.samples).all():
            raise ValueError("the sound holds samples that are not finite")
        speech = spoken_stretch(sound, spans)
        if len(speech) < RATE_HZ // 10:
            return None
        features = ctranslate2.StorageView.from_array(self._features(speech))
        encoded: Floats = np.array(self._encoder.encode(features, to_cpu=True), np.float32)
        return self.decoder.remember(encoded[0])

    def silence(self) -> Memory:
        """What a second of digital silence is to the decoder."""
        nothing = Sound(np.zeros(RATE_HZ, np.float32))
        memory = self.hear(nothing, (SpeechSpan(0.0, nothing.seconds),))
        assert memory is not None
        return memory

    def open(self, memory: Memory, texts: Sequence[Sequence[int]]) -> Opening:
        """The decoder after each of these texts has been said, side by side.

        A text that another begins with is not said again: it is the other one, cut off.
        """
        distinct = list(dict.fromkeys(tuple(text) for text in texts))
        longest = [text for text in distinct if not any(other != text and _begins(other, text) for other in distinct)]
        tokens, filled = padded(longest)
        nothing = self.decoder.beginning().take([0] * len(longest))
        states, past = self.decoder.advance(memory, nothing, tokens, filled)
        rows = [next(row for row, other in enumerate(longest) if _begins(other, text)) for text in texts]
        lengths = np.array([len(text) for text in texts])
        return Opening(past.take(rows).up_to(lengths), states[rows, lengths - 1])

    def _features(self, speech: Vector) -> Floats:
        """1 × 80 × columns, an even number. The sound and a little quiet instead of thirty seconds: a ninth of the cost."""
        power = self._log_mel.power(speech)[:, : LONGEST_SECONDS * COLUMNS_PER_SECOND]
        features = scaled(without_steady_noise(power))
        heard = features.shape[1]
        columns = min(LONGEST_SECONDS * COLUMNS_PER_SECOND, heard + round(QUIET_SECONDS * COLUMNS_PER_SECOND))
        # The encoder takes every second column.
        quiet = ((0, 0), (0, columns + columns % 2 - heard))
        return np.ascontiguousarray(np.pad(features, quiet, constant_values=features.min())[None])

    def tokens(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def opening(self, locale: Locale) -> tuple[int, ...]:
        """The tokens that tell Whisper to transcribe this language without times."""
        return tuple(self._special(name) for name in ("startoftranscript", locale, "transcribe", "notimestamps"))

    @cached_property
    def end(self) -> int:
        return self._special("endoftext")

    def _special(self, name: str) -> int:
        token = self._tokenizer.token_to_id(f"<|{name}|>")
        if token is None:
            raise SpeechModelError(f"the tokenizer has no <|{name}|>: it is not Whisper's multilingual one")
        return int(token)


def _begins(text: Sequence[int], beginning: Sequence[int]) -> bool:
    return tuple(text[: len(beginning)]) == tuple(beginning)


def spoken_stretch(sound: Sound, spans: Sequence[SpeechSpan]) -> Vector:
    """The samples from the first word to the last with a margin; nothing where nobody speaks."""
    if not spans:
        return sound.samples[:0]
    begin = (spans[0].begins_at - MARGIN_SECONDS - sound.starts_at) * sound.rate_hz
    end = (spans[-1].ends_at + MARGIN_SECONDS - sound.starts_at) * sound.rate_hz
    return np.clip(sound.samples[max(0, round(begin)) : max(0, round(end))], -1.0, 1.0)
