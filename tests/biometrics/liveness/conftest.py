"""The real speech models, loaded once, and SYNTHETIC Mandarin speech made once (scripts/evaluation/voices.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from scripts.evaluation.utterances import at_16_khz
from scripts.evaluation.voices import RATE_HZ, MandarinVoice
from verify_service.biometrics.evidence import Sound
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession
from verify_service.biometrics.liveness.challenge import Listener
from verify_service.biometrics.liveness.speech_model import SpeechModel
from verify_service.biometrics.liveness.voice_activity import VoiceActivity


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """As the pipeline runs: a second thread of OpenBLAS spins more than it works on such small products."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture(scope="session")
def voice_activity(manifest: Manifest) -> VoiceActivity:
    return VoiceActivity(ONNXSession(manifest.verified("voice_activity")))


@pytest.fixture(scope="session")
def speech_model(manifest: Manifest) -> SpeechModel:
    return SpeechModel.load(manifest)


@pytest.fixture(scope="session")
def listener(speech_model: SpeechModel) -> Listener:
    return Listener(speech_model)


@pytest.fixture(scope="session")
def mandarin_voice(manifest: Manifest) -> MandarinVoice:
    return MandarinVoice.load(manifest, "xiaoxiao")


@pytest.fixture(scope="session")
def made(mandarin_voice: MandarinVoice) -> Callable[[str, str], NDArray[np.float32]]:
    """Digits after a carrier phrase, 24,000 samples a second; each is made once, which takes five seconds."""
    sounds: dict[tuple[str, str], NDArray[np.float32]] = {}

    def samples_of(digits: str, carrier: str = "") -> NDArray[np.float32]:
        if (digits, carrier) not in sounds:
            sounds[digits, carrier] = mandarin_voice.digits(digits, carrier)
        return sounds[digits, carrier]

    return samples_of


@pytest.fixture(scope="session")
def spoken(made: Callable[[str, str], NDArray[np.float32]]) -> Callable[[str, str], Sound]:
    """The same, as the eye hears it."""

    def sound_of(digits: str, carrier: str = "") -> Sound:
        return Sound(at_16_khz(made(digits, carrier), RATE_HZ))

    return sound_of
