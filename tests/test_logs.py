from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from verify_service import logs

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def written() -> Iterator[StringIO]:
    stream = StringIO()
    logs.configure("DEBUG", stream)
    yield stream
    logs.configure("INFO")


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_line_of_json(written: StringIO) -> None:
    structlog.get_logger("verify_service.x").info("worker.ready", worker=3, seconds=1.5)

    (line,) = lines(written)
    assert line.pop("at").endswith("Z")
    assert line == {"event": "worker.ready", "worker": 3, "seconds": 1.5, "level": "info", "logger": "verify_service.x"}


def test_a_field_that_is_not_on_the_list_is_not_written(written: StringIO) -> None:
    structlog.get_logger("verify_service.x").info("x", name="Zhang San", id_number=ID_NUMBER, token="vs_1", status=200)

    (line,) = lines(written)
    assert set(line) == {"event", "at", "level", "logger", "status"}


@pytest.mark.parametrize(
    "secret", [ID_NUMBER, "vs_0123abcd_" + "x" * 43, "eyJhbGciOiJFZDI1NTE5In0.eyJhIjoxfQ.c2ln", "440304195001011234"]
)
def test_what_looks_like_a_number_or_token_is_hidden_even_in_allowed_fields(written: StringIO, secret: str) -> None:
    structlog.get_logger("verify_service.x").info(f"about {secret}", cause=secret, where=[secret])
    logging.getLogger("verify_service.media").warning("cause=%s", secret)

    assert len(lines(written)) == 2
    assert secret not in written.getvalue()


def test_ids_of_ours_stay_whole(written: StringIO) -> None:
    structlog.get_logger("verify_service.x").info(
        "x", verification="6f9619ff-8b86-4011-b42d-000000000000", bytes=123456789012345678
    )

    (line,) = lines(written)
    assert (line["verification"], line["bytes"]) == ("6f9619ff-8b86-4011-b42d-000000000000", 123456789012345678)


def test_of_an_error_the_class_and_the_place_are_kept_and_not_the_text(written: StringIO) -> None:
    def inner() -> None:
        raise ValueError(f"a row of {ID_NUMBER} and Zhang San")

    for log in (structlog.get_logger("verify_service.a"), logging.getLogger("verify_service.a")):
        try:
            inner()
        except ValueError:
            log.exception("failed")

    for line in lines(written):
        assert (line["event"], line["error"]) == ("failed", "ValueError")
        assert line["where"][-1].endswith(" inner")
    assert len(lines(written)) == 2
    assert "Zhang" not in written.getvalue()


def test_libraries_speak_only_when_something_is_wrong(written: StringIO) -> None:
    logging.getLogger("procrastinate.worker").info("Starting job x(id=1)")
    logging.getLogger("uvicorn.access").info("GET /v1/residents?x=1")
    logging.getLogger("httpx").info("GET /v1/residents?x=1")
    logging.getLogger("procrastinate.worker").warning("slow")

    assert [line["event"] for line in lines(written)] == ["slow"]


def test_a_librarys_message_comes_without_its_values(written: StringIO) -> None:
    logging.getLogger("asyncio").error("failed on %s", "Zhang San")

    assert [line["event"] for line in lines(written)] == ["failed on %s"]


PROGRAM = """
import threading
from verify_service import logs
logs.configure("INFO")
logs.catch_unhandled()

def fail():
    raise ValueError("a row of Zhang San")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_what_ends_a_process_is_logged_without_its_text() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["error"]) for line in lines] == [
        ("thread.failed", "ValueError"),
        ("process.failed", "ValueError"),
    ]
    assert lines[1]["where"][-1].endswith(" fail")
    assert "Zhang" not in done.stderr
