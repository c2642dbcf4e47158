"""Reading a request's body while it arrives: with a cap, and held against the digest that was promised (RFC 9530)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator

from starlette.requests import Request

PROMISED_SHA256 = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class BodyError(Exception):
    """The body of a request cannot be taken."""


class BodyTooLarge(BodyError):
    def __init__(self, byte_limit: int) -> None:
        self.byte_limit = byte_limit
        super().__init__(f"the body is larger than {byte_limit // 1_000_000} MB")


class DigestDiffers(BodyError):
    def __init__(self) -> None:
        super().__init__("what arrived is not what Content-Digest promised; please send it again")


class DigestUnreadable(BodyError):
    def __init__(self) -> None:
        super().__init__("Content-Digest must hold sha-256=:<base64 of 32 bytes>: (RFC 9530)")


async def chunks_within(request: Request, byte_limit: int) -> AsyncIterator[bytes]:
    """The body's chunks as they arrive. Raises BodyTooLarge at once for a Content-Length over the limit, and as soon
    as more than `byte_limit` bytes have come: nobody's word is taken for it."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > byte_limit:
        raise BodyTooLarge(byte_limit)
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > byte_limit:
            raise BodyTooLarge(byte_limit)
        yield chunk


async def whole_body(request: Request, byte_limit: int) -> bytes:
    """The body in memory. Raises BodyTooLarge, and DigestDiffers or DigestUnreadable if a digest was promised."""
    promised = promised_sha256(request.headers.get("content-digest"))
    body = b"".join([chunk async for chunk in chunks_within(request, byte_limit)])
    if promised is not None and not hmac.compare_digest(hashlib.sha256(body).digest(), promised):
        raise DigestDiffers
    return body


def promised_sha256(header: str | None) -> bytes | None:
    """The 32 bytes that a Content-Digest header promises; None without one. Raises DigestUnreadable."""
    if header is None:
        return None
    found = PROMISED_SHA256.search(header)
    try:
        digest = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error as error:
        raise DigestUnreadable from error
    if len(digest) != hashlib.sha256().digest_size:
        raise DigestUnreadable
    return digest
