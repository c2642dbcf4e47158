"""Bodies without end, a hundred uploads at once, torn connections: the API stays small, and nothing of them is kept."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest

from tests.e2e.town import Town, raw_upload, resident, until
from verify_service.settings import Settings

pytestmark = pytest.mark.slow

GIBIBYTE = 2**30
API_BYTES_MAX = 200_000_000
PIECE = os.urandom(256 * 1024)
# Framing and the pieces that were on their way when the answer was written.
SLACK_BYTES = 8_000_000


@contextmanager
def watched(process: psutil.Process) -> Iterator[list[int]]:
    """The sizes of a process in bytes, seen fifty times a second while the block runs."""
    sizes = [process.memory_info().rss]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            sizes.append(process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield sizes
    finally:
        is_over.set()
        watcher.join()


def pour(connection: socket.socket, byte_size: int, *, chunked: bool) -> tuple[bytes, int]:
    """Send a body until it is whole or the other side answers. Returns the status line and the number of bytes sent."""
    piece = b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    sent = 0
    try:
        while sent < byte_size and not select.select([connection], [], [], 0)[0]:
            connection.sendall(piece)
            sent += len(PIECE)
    except ConnectionError:
        pass  # what it said before it closed can still be read
    return connection.recv(65536).partition(b"\r\n")[0], sent


@pytest.mark.parametrize(
    ("header", "byte_size_max"),
    [
        (f"Content-Length: {GIBIBYTE}", SLACK_BYTES),
        ("Transfer-Encoding: chunked", Settings().clip_bytes_max + SLACK_BYTES),
    ],
    ids=["announced", "chunked"],
)
def test_a_body_of_a_gibibyte_is_refused_early_and_fills_neither_memory_nor_disk(
    town: Town, header: str, byte_size_max: int
) -> None:
    opened = town.open(town.enrolled(resident(201 if "Length" in header else 202)))
    began = time.monotonic()

    with watched(town.api) as sizes, raw_upload(town, opened, header) as flood:
        status_line, sent = pour(flood, GIBIBYTE, chunked="chunked" in header)

    assert status_line == b"HTTP/1.1 413 Request Entity Too Large"
    assert sent <= byte_size_max
    assert time.monotonic() - began < 20
    assert max(sizes) < API_BYTES_MAX
    assert town.files_of(opened) == []
    assert town.value("select state from verifications where id = %s", opened["id"]) == "created"


def test_of_a_hundred_uploads_at_once_one_is_taken_and_one_blob_is_kept(town: Town) -> None:
    opened = town.open(town.enrolled(resident(203)))

    with watched(town.api) as sizes, ThreadPoolExecutor(100) as phones:
        # No clips, so that nobody looks at them for long; larger than what is written to disk at a time.
        bodies = [os.urandom(400_000) for _ in range(100)]
        statuses = sorted(phones.map(lambda body: town.put_clip(opened, body).status_code, bodies))

    assert statuses == [202] + [409] * 99
    assert max(sizes) < API_BYTES_MAX
    assert len(town.files_of(opened)) == 1
    assert (
        town.value("select count(*) from attempts where used_at is not null and verification_id = %s", opened["id"])
        == 1
    )
    assert town.answer(opened)["status"] == "retry"


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
def test_an_upload_that_is_torn_leaves_nothing_and_the_next_one_is_taken(town: Town, is_reset: bool) -> None:
    opened = town.open(town.enrolled(resident(205 + is_reset)))

    with raw_upload(town, opened, "Content-Length: 4000000") as phone:
        phone.sendall(PIECE * 8)
        until(lambda: town.files_of(opened))
        if is_reset:
            phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    until(lambda: not town.files_of(opened), seconds=20)
    assert town.value("select state from verifications where id = %s", opened["id"]) == "created"
    assert town.put_clip(opened, PIECE).status_code == 202
