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
from verify_service.biometrics.liveness.log_mel import COLUMNS_PER_SECOND, RATE_HZ, LogMel
from verify_service.biometrics.liveness.speech_decoder import Floats, Memory, SpeechDecoder, padded
from verify_service.biometrics.liveness.speech_weights import SpeechModelError, read_weights

ROLE = "speech_weights"
ROLES = (ROLE, "speech_config", "speech_tokenizer", "speech_vocabulary")
LONGEST_SECONDS = 30  # of sound that Whisper can hear at once

# Kept around the speech: the encoder reads a word's edges from the quiet beside them. Of 24 GRID strings 17 were the likeliest
# with 0.6 s and 15 with 0.3 s; the whole clip is no better.
MARGIN_SECONDS = 0.6


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
        """The decoder after each of these texts has been said, side by side."""
        tokens, filled = padded(texts)
        nothing = self.decoder.beginning().take([0] * len(texts))
        states, past = self.decoder.advance(memory, nothing, tokens, filled)
        return Opening(past, states[np.arange(len(texts)), filled.sum(1) - 1])

    def _features(self, speech: Vector) -> Floats:
        """1 × 80 × columns. Filled up to the next whole second plus one instead of thirty: a ninth of the cost, see MODELS §3."""
        features = self._log_mel(speech)[:, : LONGEST_SECONDS * COLUMNS_PER_SECOND]
        seconds = min(LONGEST_SECONDS, -(-features.shape[1] // COLUMNS_PER_SECOND) + 1)
        silence = ((0, 0), (0, max(0, seconds * COLUMNS_PER_SECOND - features.shape[1])))
        return np.ascontiguousarray(np.pad(features, silence, constant_values=features.min())[None])

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


def spoken_stretch(sound: Sound, spans: Sequence[SpeechSpan]) -> Vector:
    """The samples from the first word to the last with a margin; nothing where nobody speaks."""
    if not spans:
        return sound.samples[:0]
    begin = (spans[0].begins_at - MARGIN_SECONDS - sound.starts_at) * sound.rate_hz
    end = (spans[-1].ends_at + MARGIN_SECONDS - sound.starts_at) * sound.rate_hz
    return np.clip(sound.samples[max(0, round(begin)) : max(0, round(end))], -1.0, 1.0)
