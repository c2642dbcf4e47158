from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from scripts.speed import recording as module
from scripts.speed.recording import recording
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession
from verify_service.biometrics.liveness.voice_activity import ROLE, VoiceActivity


@dataclass(frozen=True)
class Holder:
    """As the eye holds its models: frozen, one within the other."""

    ears: dict[str, VoiceActivity]


@pytest.fixture
def holder(manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> Holder:
    monkeypatch.setattr(module, "PACKAGES", ("verify_service", Holder.__module__))
    return Holder({"left": VoiceActivity(ONNXSession(manifest.verified(ROLE)))})


def test_every_call_of_a_model_is_recorded_by_the_class_that_uses_it(holder: Holder) -> None:
    with recording(holder) as tape:
        holder.ears["left"].probabilities(np.zeros(3 * 512, np.float32))

    assert tape.counts() == {"VoiceActivity": 3}


def test_a_replay_calls_the_models_again_with_what_they_were_given_then(holder: Holder) -> None:
    with recording(holder) as tape:
        holder.ears["left"].probabilities(np.zeros(3 * 512, np.float32))
    before = [call.bare(*call.arguments, **call.keywords)[0].item() for call in tape.calls]

    seconds = tape.replay()

    assert seconds.keys() == {"VoiceActivity"}
    assert seconds["VoiceActivity"] > 0
    assert [call.bare(*call.arguments, **call.keywords)[0].item() for call in tape.calls] == before


def test_after_the_recording_the_models_are_as_they_were(holder: Holder) -> None:
    session = holder.ears["left"]._session
    before = dict(vars(session))

    with recording(holder):
        assert vars(session) != before

    assert vars(session) == before


def test_what_a_caller_overwrites_later_is_replayed_as_it_was(holder: Holder) -> None:
    samples = np.zeros(512, np.float32)
    with recording(holder) as tape:
        holder.ears["left"].probabilities(samples)
        given = tape.calls[0].arguments[1]["input"]
        samples[:] = 1.0

    assert not given.any()
