"""What the eye's tests look with: the real models, the shipped limits, and clips measured once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.biometrics.looking import Eye, Look
from verify_service.biometrics.comparison.embedder import Embedder
from verify_service.biometrics.evidence import Clip
from verify_service.biometrics.face.follower import FaceFollower
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy
from verify_service.decision.thresholds import load_thresholds


@pytest.fixture(scope="session")
def limits() -> Limits:
    return load_thresholds().limits


@pytest.fixture(scope="session")
def eye(manifest: Manifest, limits: Limits) -> Eye:
    return Eye(FaceFollower.load(manifest), Embedder.load(manifest), limits)


@pytest.fixture(scope="session")
def decoded() -> Iterator[Callable[[Path], Clip]]:
    """The clip in a file, through the real sandbox; each file is decoded once."""
    clips: dict[Path, Clip] = {}
    with DecodeSandbox(SandboxPolicy(required=False)) as sandbox:

        def clip_in(path: Path) -> Clip:
            if path not in clips:
                clips[path] = sandbox.clip(path.read_bytes()).clip
            return clips[path]

        yield clip_in


@pytest.fixture(scope="session")
def talking_man(demo_media: Callable[[str], Path], decoded: Callable[[Path], Clip]) -> Clip:
    return decoded(demo_media("media_talking_man"))


@pytest.fixture(scope="session")
def two_men(demo_media: Callable[[str], Path], decoded: Callable[[Path], Clip]) -> Clip:
    return decoded(demo_media("media_two_men"))


@pytest.fixture(scope="session")
def talking_man_seen(eye: Eye, talking_man: Clip) -> Look:
    return eye.look(talking_man)
