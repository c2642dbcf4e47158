"""One trial: a clip that is made or found, what was asked, whose reference it is held against; and what the eye says to it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from scripts.evaluation import encoding, footage
from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import Tools
from scripts.evaluation.footage import Face, Footage, Samples, read, read_sound
from verify_service.assess import FIRST_ATTEMPT
from verify_service.biometrics.evidence import Assessment, Challenge, Check, CheckResult, Clip, Frame, Template
from verify_service.decision.policy import Decision, decide

# Checks that stand against somebody who is not there (ISO/IEC 30107-3: the PAD subsystem), of which one listens.
SIGHT_CHECKS = frozenset({"lips", "motion", "same_person", "lip_sound", "presentation"})
PRESENCE_CHECKS = SIGHT_CHECKS | {"challenge"}


@dataclass(frozen=True)
class Reference:
    """A picture of a person: a photo, or the moment of a clip in seconds."""

    source: str
    moment: float | None = None


class Library:
    """The media by name: a path in the media folder, or a role of the manifest (`media_…`)."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def content(self, source: str) -> bytes:
        return self.path(source).read_bytes()

    def sound(self, source: str) -> Samples:
        return read_sound(self.content(source))

    def footage(self, source: str) -> Footage:
        """With the faces. They are kept by the file alone, not by the eye's version: an attack, once made, stays the same."""
        content = self.content(source)
        footage = read(content)
        found = self._tools.cache.arrays(("faces", "1", sha256(content)), lambda: self._faces(footage))
        faces = tuple(Face(box, mesh) for box, mesh in zip(found["boxes"], found["meshes"], strict=True))
        return replace(footage, faces=faces)

    def _faces(self, footage: Footage) -> dict[str, Any]:
        clip = Clip(tuple(Frame(i * 0.08, image) for i, image in enumerate(footage.images)), None, footage.seconds)
        follower = self._tools.eye.follower
        track = follower.follow(clip, follower.search(clip))
        # Where the face was lost in a frame, it stays where it was last seen.
        nearest = [min(track.faces, key=lambda f, i=i: abs(f.frame - i)) for i in range(len(clip.frames))]  # type: ignore[misc]
        boxes = [(f.place.box.left, f.place.box.top, f.place.box.width, f.place.box.height) for f in nearest]
        return {
            "boxes": np.array(boxes, np.float32),
            "meshes": np.array([f.landmarks.mesh[:468] for f in nearest], np.float32),
        }

    def path(self, source: str) -> Path:
        return self._tools.manifest.verified(source) if source.startswith("media_") else self._tools.media / source


class Maker(Protocol):
    """Makes a clip. A frozen dataclass: its repr names everything that it depends on, beside the sources' bytes."""

    @property
    def sources(self) -> tuple[str, ...]: ...

    def make(self, library: Library) -> bytes: ...


@dataclass(frozen=True)
class AsItIs:
    """The file itself."""

    source: str

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def make(self, library: Library) -> bytes:
        return library.content(self.source)


@dataclass(frozen=True)
class Trial:
    """`label` is the species or the fault, `detail` its parameter or grade as a reader wants it, `subject` who is claimed."""

    label: str
    detail: str
    maker: Maker
    challenge: Challenge
    reference: Reference
    subject: str
    leave_out: tuple[float, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What the eye measured and what the policy makes of it, as on a first attempt."""

    trial: Trial
    checks: tuple[Check, ...]

    @cached_property
    def decision(self) -> Decision:
        return decide(Assessment(self.checks), FIRST_ATTEMPT)

    @property
    def is_confirmed(self) -> bool:
        return self.decision.outcome == "confirmed"

    @property
    def scores(self) -> Mapping[str, float]:
        return {check.name: check.score for check in self.checks if check.score is not None}

    @property
    def caught_by(self) -> tuple[str, ...]:
        """Each open check as "check: reason", in the eye's order."""
        return tuple(f"{c.name}: {c.reason}" for c in self.checks if c.result is not CheckResult.PASS)

    def passes(self, names: frozenset[str]) -> bool:
        """None of these checks is open, and at least one of them was made: absence of evidence is never a pass."""
        made = [check for check in self.checks if check.name in names]
        return bool(made) and all(check.result is CheckResult.PASS for check in made)


def try_out(tools: Tools, trial: Trial) -> Outcome:
    """The trial's checks: remembered by recipe, then by the clip's bytes, so that what was made or seen once is not again."""
    recipe = _recipe_key(tools, trial.maker)
    asked = (repr(trial.challenge), repr(trial.leave_out), *_reference_key(tools, trial.reference))
    found = tools.cache.value(
        ("outcome", tools.eye_key, *recipe, *asked), lambda: _checks(tools, trial, made(tools, trial.maker), asked)
    )
    return Outcome(trial, tuple(Check(**{**c, "result": CheckResult(c["result"])}) for c in found))


def made(tools: Tools, maker: Maker) -> bytes:
    """The clip's bytes, from the cache where it was made before by the same code."""
    if isinstance(maker, AsItIs):
        return maker.make(Library(tools))
    return tools.cache.content(("clip", *_recipe_key(tools, maker)), lambda: maker.make(Library(tools)))


def _checks(tools: Tools, trial: Trial, content: bytes, asked: Sequence[str]) -> list[dict[str, Any]]:
    def look() -> list[dict[str, Any]]:
        references = [_template(tools, trial.reference)]
        found = tools.eye.assess(content, references, trial.challenge, leave_out=trial.leave_out)
        return [asdict(check) for check in found.checks]

    kept: list[dict[str, Any]] = tools.cache.value(("checks", tools.eye_key, sha256(content), *asked), look)
    return kept


def _template(tools: Tools, reference: Reference) -> Template:
    def embed() -> dict[str, Any]:
        content = Library(tools).content(reference.source)
        if reference.moment is None:
            return {"vector": tools.eye.embed(content).vector}
        return {"vector": tools.eye.embed_moment(content, reference.moment).vector}

    kept = tools.cache.arrays(("reference", tools.eye_key, *_reference_key(tools, reference)), embed)
    return Template(kept["vector"], tools.eye.embedder_sha256)


def _reference_key(tools: Tools, reference: Reference) -> tuple[str, ...]:
    return sha256(Library(tools).content(reference.source)), repr(reference.moment)


def _recipe_key(tools: Tools, maker: Maker) -> tuple[str, ...]:
    library = Library(tools)
    return (_code_key(type(maker)), repr(maker), *(sha256(library.content(source)) for source in maker.sources))


def _code_key(kind: type) -> str:
    """sha256 over the module that makes such clips and those that read and write them: other code, another version."""
    names = (kind.__module__, footage.__name__, encoding.__name__)
    digest = hashlib.sha256()
    for name in names:
        digest.update(Path(str(sys.modules[name].__file__)).read_bytes())
    return digest.hexdigest()
