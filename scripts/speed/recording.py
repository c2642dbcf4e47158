"""What the eye asked of its models on a clip, call by call: recorded once, then replayed bare.

The models are found by their kind wherever they lie in the eye, so that the eye's parts may change without this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ctranslate2
import cv2
import numpy as np

# Through the one module that loads ONNX Runtime, since it silences its telemetry first.
from verify_service.biometrics.inference.onnx import ort  # type: ignore[attr-defined]
from verify_service.biometrics.liveness.speech_decoder import SpeechDecoder

PACKAGES = ("verify_service",)
# Each kind of model, the calls that are its work, and its name in the figures; None: the class that owns it.
KINDS: tuple[tuple[type, frozenset[str], str | None], ...] = (
    (ort.InferenceSession, frozenset({"run"}), None),
    (cv2.FaceDetectorYN, frozenset({"setInputSize", "detect"}), "FaceDetector"),
    (ctranslate2.models.Whisper, frozenset({"encode"}), "SpeechEncoder"),
    (
        SpeechDecoder,
        frozenset({"remember", "advance", "log_probabilities", "log_probability_of_each"}),
        "SpeechDecoder",
    ),
)


@dataclass(frozen=True)
class Call:
    """One call of a model: whose, which, with what."""

    label: str
    bare: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


@dataclass
class Tape:
    """All calls in their order."""

    calls: list[Call] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)

    def replay(self) -> dict[str, float]:
        """CPU seconds by label of doing every call once more."""
        seconds = dict.fromkeys(sorted(self.labels), 0.0)
        for call in self.calls:
            arguments = tuple(_fresh(a) for a in call.arguments)
            begun = time.process_time()
            call.bare(*arguments, **call.keywords)
            seconds[call.label] += time.process_time() - begun
        return seconds

    def counts(self) -> dict[str, int]:
        """Calls by label; for the networks of ONNX Runtime a batch is one call."""
        return {label: sum(call.label == label for call in self.calls) for label in sorted(self.labels)}


class _Recorded:
    """Stands in a model's place, passes everything on, and notes the calls that are work."""

    def __init__(self, model: Any, work: frozenset[str], label: str, tape: Tape) -> None:
        self._model, self._work, self._label, self._tape = model, work, label, tape

    def __getattr__(self, name: str) -> Any:
        bare = getattr(self._model, name)
        if name not in self._work:
            return bare

        def noted(*arguments: Any, **keywords: Any) -> Any:
            kept = tuple(_kept(a) for a in arguments)
            self._tape.calls.append(Call(self._label, bare, kept, keywords))
            return bare(*arguments, **keywords)

        return noted


@contextmanager
def recording(root: object) -> Iterator[Tape]:
    """Record what happens within the block to every model that `root` holds, at whatever depth."""
    tape = Tape()
    places = list(_models(root, set()))
    stand_ins: dict[int, _Recorded] = {}
    try:
        for place in places:
            stand_in = stand_ins.setdefault(id(place.model), _Recorded(place.model, place.work, place.label, tape))
            tape.labels.add(place.label)
            _put(place.owner, place.name, stand_in)
        yield tape
    finally:
        for place in places:
            _put(place.owner, place.name, place.model)


@dataclass(frozen=True)
class _Place:
    owner: Any
    name: Any
    model: Any
    work: frozenset[str]
    label: str


def _models(owner: Any, seen: set[int], path: Sequence[str] = ()) -> Iterator[_Place]:
    if id(owner) in seen:
        return
    seen.add(id(owner))
    for name, value in _parts(owner):
        kind = next((kind for kind in KINDS if isinstance(value, kind[0])), None)
        if kind is not None:
            yield _Place(owner, name, value, kind[1], kind[2] or _owning_class(path))
        if kind is None and _is_open(value):
            yield from _models(value, seen, (*path, type(value).__name__))


def _parts(owner: Any) -> list[tuple[Any, Any]]:
    if isinstance(owner, dict):
        return list(owner.items())
    if isinstance(owner, list | tuple):
        return list(enumerate(owner))
    return list(vars(owner).items())


def _is_open(value: Any) -> bool:
    ours = type(value).__module__.startswith(PACKAGES) and hasattr(value, "__dict__")
    return ours or isinstance(value, dict | list | tuple)


def _owning_class(path: Sequence[str]) -> str:
    """The class that uses the session: the last one on the way that is not the session's own wrapper."""
    return next((name for name in reversed(path) if name not in ("ONNXSession", "dict", "list", "tuple")), "model")


def _put(owner: Any, name: Any, value: Any) -> None:
    if isinstance(owner, dict | list):
        owner[name] = value
    else:
        object.__setattr__(owner, name, value)  # frozen dataclasses too: for a moment, and put back


def _kept(argument: Any) -> Any:
    """A copy of what a caller may use again: arrays, and dictionaries of arrays."""
    if isinstance(argument, np.ndarray):
        return argument.copy()
    if isinstance(argument, ctranslate2.StorageView):
        return _View(np.array(argument))
    if isinstance(argument, dict):
        return {key: _kept(value) for key, value in argument.items()}
    return argument


@dataclass(frozen=True)
class _View:
    """What a StorageView looked at; made anew for each replay."""

    array: Any


def _fresh(argument: Any) -> Any:
    return ctranslate2.StorageView.from_array(argument.array) if isinstance(argument, _View) else argument
