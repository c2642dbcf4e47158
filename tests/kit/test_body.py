from __future__ import annotations

import asyncio
import base64
import hashlib

import pytest
from starlette.requests import Request

from verify_service.kit.body import BodyTooLarge, DigestDiffers, DigestUnreadable, promised_sha256, whole_body

BODY = b"twelve bytes"
DIGEST = base64.b64encode(hashlib.sha256(BODY).digest()).decode()


class Sender:
    """Sends a body in chunks, as a server hands it on, and counts how many were asked for."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks, self.asked = list(chunks), 0

    async def receive(self) -> dict[str, object]:
        self.asked += 1
        chunk = self._chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(self._chunks)}


def read(sender: Sender, limit: int, **headers: str) -> bytes:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "method": "PUT", "headers": raw}, sender.receive)
    return asyncio.run(whole_body(request, limit))


def test_a_body_of_exactly_the_limit_is_taken_with_the_digest_that_was_promised() -> None:
    assert read(Sender(BODY[:5], BODY[5:]), 12, content_digest=f"sha-256=:{DIGEST}:") == BODY


def test_a_body_over_the_limit_is_refused_before_its_end() -> None:
    sender = Sender(b"x" * 10, b"x" * 10, b"x" * 10, b"x" * 10)

    with pytest.raises(BodyTooLarge):
        read(sender, 15)

    assert sender.asked == 2


def test_a_length_over_the_limit_is_refused_before_the_first_byte_and_a_small_one_is_not_believed() -> None:
    sender = Sender(b"x")
    with pytest.raises(BodyTooLarge):
        read(sender, 15, content_length="16")
    assert sender.asked == 0

    with pytest.raises(BodyTooLarge):
        read(Sender(b"x" * 20), 15, content_length="3")


def test_a_body_that_is_not_what_was_promised_is_refused() -> None:
    with pytest.raises(DigestDiffers):
        read(Sender(BODY + b"!"), 100, content_digest=f"sha-256=:{DIGEST}:")


@pytest.mark.parametrize(
    "header", ["", "sha-256=x", "sha-256=:AAAA:", "md5=:AAAA:", "sha-256=:=:", f"sha-256={DIGEST}"]
)
def test_a_digest_that_cannot_be_read_is_refused_not_ignored(header: str) -> None:
    with pytest.raises(DigestUnreadable):
        promised_sha256(header)


def test_among_several_digests_sha_256_is_found() -> None:
    assert promised_sha256(f"sha-512=:AAAA:, sha-256=:{DIGEST}:") == hashlib.sha256(BODY).digest()
    assert promised_sha256(None) is None
