"""What the eye's ear makes of one sound: how sure it is of the right string, what else it would accept, how loud and long it is."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import Tools
from scripts.evaluation.sound_conditions import Voice, under
from scripts.evaluation.utterances import Sounds, Utterance
from verify_service.biometrics.evidence import Challenge, Sound, Vector
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.liveness import (
    challenge,
    digit_search,
    speech_decoder,
    speech_model,
    spoken_text,
    steady_noise,
)
from verify_service.biometrics.liveness import log_mel as log_mel_module
from verify_service.biometrics.liveness import voice_activity as voice_module
from verify_service.biometrics.liveness.speech_model import ROLES
from verify_service.biometrics.liveness.voice_activity import loudness_dbfs, speech_seconds

READINGS_KEPT = 12


@dataclass(frozen=True)
class Trial:
    """A string under a condition, with `other` as the second talker. `wrong` strings are scored beside the right one."""

    utterance: Utterance
    condition: str
    other: Utterance
    wrong: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class Hearing:
    """What came of a trial. `margin` is None where nobody was heard; `readings` are the likeliest strings and their
    log-likelihoods, best first; `wrong` the margins of the trial's wrong strings."""

    trial: Trial
    margin: float | None
    readings: tuple[tuple[str, float], ...]
    wrong: tuple[float, ...]
    level_dbfs: float
    speech_seconds: float
    heard_seconds: float
    cpu_seconds: float
    fits: bool = True  # the right string's `digits_fit` is at the limit in force or above

    def passes(self, limit: float) -> bool:
        """Equal to the limit passes; nobody heard does not, nor does what does not fit."""
        return self.margin is not None and self.margin >= limit and self.fits

    def others(self, limit: float) -> tuple[str, ...]:
        """The strings that were not said and would pass on this sound, of all of their length."""
        scores = dict(self.readings)
        return tuple(
            string
            for string, score in scores.items()
            if string != self.trial.utterance.digits and log_odds(score, scores, string) >= limit
        )


def log_odds(score: float, scores: dict[str, float], string: str) -> float:
    """As `Listener` scores: against all others found; infinite where there is no other."""
    others = [other for name, other in scores.items() if name != string]
    return score - float(np.logaddexp.reduce(others)) if others else np.inf


def hear(tools: Tools, trial: Trial) -> Hearing:
    """For the crew: the sound is made, heard and scored, or remembered."""
    samples = _sound(tools, trial)
    key = ("hearing", ears_key(tools.manifest), sha256(samples.tobytes()), trial.utterance.digits, *trial.wrong)
    found = tools.cache.value(key, lambda: _heard(tools, trial, samples))
    return Hearing(
        trial,
        found["margin"],
        tuple((string, score) for string, score in found["readings"]),
        tuple(found["wrong"]),
        found["level_dbfs"],
        found["speech_seconds"],
        found["heard_seconds"],
        found["cpu_seconds"],
        found["fit"] is None or found["fit"] >= tools.limits.digits_fit_min,
    )


def _sound(tools: Tools, trial: Trial) -> Vector:
    sounds = Sounds(tools.media, tools.manifest, tools.cache)
    clean = sounds.of(trial.utterance)
    if trial.condition == "clean":
        return clean
    voice, other = (_voice(tools, samples) for samples in (clean, sounds.of(trial.other)))
    return under(trial.condition, voice, other, np.random.default_rng([tools.seed, trial.seed]))


def _voice(tools: Tools, samples: Vector) -> Voice:
    return Voice(samples, tools.eye.voice.spans(Sound(samples)))


def _heard(tools: Tools, trial: Trial, samples: Vector) -> dict[str, Any]:
    utterance, sound, listener = trial.utterance, Sound(samples), tools.eye.listener
    began = time.process_time()
    spans = tools.eye.voice.spans(sound)
    heard = listener.hear(sound, spans, utterance.locale)
    asked = Challenge(utterance.locale, digits=utterance.digits)
    margin, fit = listener.score(heard, asked), listener.fit(heard, asked)
    spent = time.process_time() - began
    readings = listener.readings(heard, utterance.digits)[:READINGS_KEPT]
    return {
        "margin": margin,
        "fit": fit,
        "readings": [[reading.digits, reading.log_likelihood] for reading in readings],
        "wrong": (listener.score_each(heard, trial.wrong) or []) if trial.wrong else [],
        "level_dbfs": loudness_dbfs(samples),
        "speech_seconds": speech_seconds(spans),
        "heard_seconds": (spans[-1].ends_at - spans[0].begins_at) if spans else 0.0,
        "cpu_seconds": spent,
    }


def ears_key(manifest: Manifest) -> str:
    """What a hearing depends on beside the sound: the ear's own sources and its models."""
    digest = hashlib.sha256()
    for module in _EARS:
        digest.update(Path(str(module.__file__)).read_bytes())
    for role in (*ROLES, voice_module.ROLE):
        digest.update(manifest.asset(role).sha256.encode())
    return digest.hexdigest()


_EARS: Sequence[Any] = (
    challenge,
    digit_search,
    log_mel_module,
    speech_decoder,
    speech_model,
    spoken_text,
    steady_noise,
    voice_module,
)
