"""The bounds of a clip and of the queue, as this deployment sets them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection


@dataclass(frozen=True)
class ClipSettings:
    """`queue_limit`: clips that may wait before a further one is asked to come later (503)."""

    byte_limit: int
    seconds_min: float
    seconds_max: float
    queue_limit: int


def clip_settings_of(connection: HTTPConnection) -> ClipSettings:
    """FastAPI dependency: the bounds that `app.py` was built with."""
    settings = connection.app.state.clips
    assert isinstance(settings, ClipSettings)
    return settings
