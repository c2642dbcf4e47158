"""One running service for the tests of this folder; those that stop it have one of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.clip_editing import frame_as_jpeg, without_frames
from scripts.demo_people import ENROLLED_FROM_SECOND
from tests.e2e.town import Cast, Town, town_in


@pytest.fixture(scope="session")
def cast(demo_media: Callable[[str], Path]) -> Cast:
    talking_man = demo_media("media_talking_man")
    photo = frame_as_jpeg(talking_man, ENROLLED_FROM_SECOND)
    return Cast(photo, without_frames(talking_man, ENROLLED_FROM_SECOND))


@pytest.fixture
def fresh_folder() -> Iterator[Path]:
    yield from _folder()


@pytest.fixture(scope="session")
def town(cast: Cast) -> Iterator[Town]:
    """A service in the demo's environment (fixed sentences are allowed) with one worker."""
    for folder in _folder():
        with town_in(folder, cast, workers="1") as town:
            yield town


def _folder() -> Iterator[Path]:
    # Not under pytest's own folder: the path of PostgreSQL's socket must stay short.
    folder = Path(tempfile.mkdtemp(prefix="vs-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
