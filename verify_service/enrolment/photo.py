"""Which kind of picture a body is. Nothing is decoded here: that happens in the worker's sandbox."""

from __future__ import annotations

from verify_service.enrolment.errors import PhotoEmpty, PhotoTypeUnsupported

BYTES_MAX = 8_000_000
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")


def announced(content_type: str | None) -> str:
    """The media type of a Content-Type header. Raises PhotoTypeUnsupported for any but the three."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise PhotoTypeUnsupported
    return media_type


def media_type_of(content: bytes) -> str:
    """The media type by the first bytes: phones often name a picture's type wrongly.

    Raises PhotoEmpty, and PhotoTypeUnsupported for what begins like none of the three.
    """
    if not content:
        raise PhotoEmpty
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    raise PhotoTypeUnsupported
