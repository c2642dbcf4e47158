"""Clips that every media test can use: the demo's, which the manifest pins, and the folder of real bad ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy


@pytest.fixture(scope="session")
def talking_man(demo_media: Callable[[str], Path]) -> bytes:
    """640×480, 29.97 fps, 5.8 s, H.264 and AAC."""
    return demo_media("media_talking_man").read_bytes()


@pytest.fixture(scope="session")
def portrait(demo_media: Callable[[str], Path]) -> bytes:
    """A JPEG of 444×600."""
    return demo_media("media_portrait").read_bytes()


@pytest.fixture(scope="session")
def bad_clips(shared_media: Path) -> Path:
    return shared_media / "bad"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[DecodeSandbox]:
    with DecodeSandbox(SandboxPolicy(required=True)) as sandbox:
        sandbox.warm()
        yield sandbox
