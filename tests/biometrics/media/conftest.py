"""Clips that every media test can use: the demo's, which the manifest pins, and the folder of real bad ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def talking_man() -> bytes:
    """640×480, 29.97 fps, 5.8 s, H.264 and AAC."""
    return Manifest.load(ROOT / "models" / "manifest.toml").verified("media_talking_man").read_bytes()


@pytest.fixture(scope="session")
def portrait() -> bytes:
    """A JPEG of 444×600."""
    return Manifest.load(ROOT / "models" / "manifest.toml").verified("media_portrait").read_bytes()


@pytest.fixture(scope="session")
def bad_clips() -> Path:
    folder = Path(os.environ.get("VERIFY_MEDIA", ROOT.parent / "shared" / "data")) / "bad"
    if not folder.is_dir():
        pytest.skip(f"no folder of real bad clips at {folder} (VERIFY_MEDIA names another)")
    return folder


@pytest.fixture(scope="module")
def sandbox() -> Iterator[DecodeSandbox]:
    with DecodeSandbox(SandboxPolicy(required=True)) as sandbox:
        sandbox.warm()
        yield sandbox
