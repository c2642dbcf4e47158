from __future__ import annotations

import ctranslate2
import numpy as np
import pytest

from verify_service.biometrics.evidence import Clip, Vector
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.liveness.log_mel import LogMel
from verify_service.biometrics.liveness.speech_decoder import Floats, Memory, SpeechDecoder, padded
from verify_service.biometrics.liveness.speech_model import SpeechModel

TEXT = " Hi, I'm John."


@pytest.fixture(scope="module")
def heard(speech_model: SpeechModel, talking_man: Clip) -> Memory:
    assert talking_man.sound is not None
    return speech_model.decoder.remember(encoded(speech_model, talking_man.sound.samples[:48_000]))


def encoded(model: SpeechModel, samples: Vector) -> Floats:
    features = ctranslate2.StorageView.from_array(LogMel()(samples)[None, :, :300].copy())
    sound: Floats = np.array(model._encoder.encode(features, to_cpu=True), np.float32)[0]
    return sound


def log_probabilities(
    decoder: SpeechDecoder, memory: Memory, opening: tuple[int, ...], text: tuple[int, ...]
) -> np.ndarray:
    tokens, filled = padded([(*opening, *text)])
    states, _past = decoder.advance(memory, decoder.beginning(), tokens, filled)
    return decoder.log_probability_of_each(states[0, len(opening) - 1 : -1], np.array(text), commonest=51_865)


def test_it_says_what_ctranslate2_says(manifest: Manifest, speech_model: SpeechModel, talking_man: Clip) -> None:
    assert talking_man.sound is not None
    sound = encoded(speech_model, talking_man.sound.samples[:48_000])
    theirs = ctranslate2.models.Whisper(
        str(manifest.verified("speech_weights").parent), device="cpu", compute_type="float32", intra_threads=1
    )
    opening, text = speech_model.opening("en"), speech_model.tokens(TEXT)

    (aligned,) = theirs.align(ctranslate2.StorageView.from_array(sound[None].copy()), opening[:-1], [text], 300)
    ours = log_probabilities(speech_model.decoder, speech_model.decoder.remember(sound), opening, text)

    # Their GELU is exact, ours by tanh; a thousandth of a probability is what that costs.
    np.testing.assert_allclose(np.exp(ours), aligned.text_token_probs, atol=2e-3)


def test_texts_of_different_length_side_by_side_say_what_each_says_alone(
    speech_model: SpeechModel, heard: Memory
) -> None:
    decoder, opening = speech_model.decoder, speech_model.opening("en")
    texts = [(*opening, *speech_model.tokens(text)) for text in (" Hi", " Hi, I'm John Pierce.")]
    tokens, filled = padded(texts)
    beginning = decoder.beginning().take([0, 0])

    together, _past = decoder.advance(heard, beginning, tokens, filled)

    for row, text in enumerate(texts):
        alone, _past = decoder.advance(heard, decoder.beginning(), *padded([text]))
        np.testing.assert_allclose(together[row, : len(text)], alone[0], atol=2e-3)


def test_going_on_from_texts_of_different_length_is_the_same_as_saying_them_whole(
    speech_model: SpeechModel, heard: Memory
) -> None:
    decoder, opening = speech_model.decoder, speech_model.opening("en")
    begun = [(*opening, *speech_model.tokens(text)) for text in (" Hi", " Hi, I'm")]
    rest = speech_model.tokens(" a lecturer")
    _states, past = decoder.advance(heard, decoder.beginning().take([0, 0]), *padded(begun))

    states, _past = decoder.advance(heard, past, *padded([rest, rest]))

    for row, beginning in enumerate(begun):
        whole, _past = decoder.advance(heard, decoder.beginning(), *padded([(*beginning, *rest)]))
        np.testing.assert_allclose(states[row], whole[0, -len(rest) :], atol=2e-3)


def test_probabilities_among_some_tokens_sum_to_one(speech_model: SpeechModel, heard: Memory) -> None:
    decoder = speech_model.decoder
    states, _past = decoder.advance(heard, decoder.beginning(), *padded([speech_model.opening("en")]))

    logs = decoder.log_probabilities(states[0], [502, 568, 805])

    np.testing.assert_allclose(np.exp(logs).sum(-1), 1.0, rtol=1e-5)
