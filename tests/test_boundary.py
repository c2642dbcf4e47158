from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, StreamingResponse
from starlette.testclient import TestClient

from verify_service import faults, logs
from verify_service.boundary import BODY_BYTES_MAX, JSON_BYTES_MAX, Boundary
from verify_service.kit.office import Office
from verify_service.metrics import Metrics

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def written() -> Iterator[StringIO]:
    stream = StringIO()
    logs.configure("INFO", stream)
    yield stream
    logs.configure("INFO")


@pytest.fixture
def client(office: Office, written: StringIO) -> TestClient:
    app = FastAPI()
    faults.install(app)

    @app.get("/people/{number}")
    def people(number: str) -> dict[str, str]:
        return {"number": number}

    @app.get("/fail")
    def fail() -> None:
        raise RuntimeError(f"a row of {ID_NUMBER}")

    @app.get("/torn")
    def torn() -> None:
        raise ClientDisconnect

    @app.get("/halfway")
    def halfway() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"begun"
            raise RuntimeError("later")

        return StreamingResponse(chunks())

    @app.get("/cached")
    def cached() -> JSONResponse:
        return JSONResponse({}, headers={"Cache-Control": "max-age=60"})

    @app.post("/json")
    def read_json(body: Annotated[dict[str, str], Body()]) -> int:
        return len(body)

    @app.post("/stream")
    async def stream(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    app.add_middleware(Boundary, randomness=office.randomness, metrics=Metrics(office), extra={"X-Demo": "true"})
    return TestClient(app)


def test_every_answer_carries_an_id_and_the_headers_of_safety(client: TestClient) -> None:
    for answer in (client.get("/people/1"), client.get("/nowhere"), client.get("/fail")):
        assert len(answer.headers["x-request-id"]) == 16
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-demo"] == "true"


def test_an_answer_may_say_itself_how_long_it_keeps(client: TestClient) -> None:
    assert client.get("/cached").headers["cache-control"] == "max-age=60"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcd-1234-efgh", True), ("short", False), ("110105194912310021", False), ("a b c d e f g", False)],
)
def test_the_callers_own_id_is_kept_if_it_has_the_form_of_one(client: TestClient, given: str, kept: bool) -> None:
    answer = client.get("/people/1", headers={"X-Request-ID": given})

    assert (answer.headers["x-request-id"] == given) == kept


def test_an_unforeseen_error_is_a_500_that_says_nothing_and_a_log_line_that_says_where(
    client: TestClient, written: StringIO
) -> None:
    answer = client.get("/fail")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert failed["error"] == "RuntimeError"
    assert failed["where"][-1].endswith(" fail")
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert ID_NUMBER not in answer.text + written.getvalue()


def test_the_log_names_the_route_and_never_the_path_or_the_query(client: TestClient, written: StringIO) -> None:
    client.get(f"/people/{ID_NUMBER}?name=Zhang")
    client.get(f"/nowhere/{ID_NUMBER}")

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    requests = [(line["route"], line["status"]) for line in lines if line["event"] == "request"]
    assert requests == [("/people/{number}", 200), ("unmatched", 404)]
    assert ID_NUMBER not in written.getvalue()
    assert "Zhang" not in written.getvalue()


def test_a_caller_who_hangs_up_is_no_error_of_ours(client: TestClient, written: StringIO) -> None:
    # The test client misses an answer where a real caller is gone.
    TestClient(client.app, raise_server_exceptions=False).get("/torn")

    assert "request.torn" in written.getvalue()
    assert "request.failed" not in written.getvalue()


def test_an_error_after_the_answer_has_begun_is_noted(client: TestClient, written: StringIO) -> None:
    client.get("/halfway")

    assert "request.failed" in written.getvalue()


def test_json_is_taken_up_to_its_cap(client: TestClient) -> None:
    assert client.post("/json", json={"a": "b" * (JSON_BYTES_MAX - 100)}).json() == 1


def test_json_above_its_cap_is_refused(client: TestClient) -> None:
    answer = client.post("/json", json={"a": "b" * JSON_BYTES_MAX})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_json_that_does_not_tell_its_length_is_counted(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            yield b"1" * (JSON_BYTES_MAX // 2)

    answer = client.post("/json", content=chunks(), headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_stream_is_counted_up_to_the_cap_of_all_bodies(client: TestClient) -> None:
    def chunks(total: int) -> Iterator[bytes]:
        for _ in range(total // 1_000_000):
            yield bytes(1_000_000)

    video = {"Content-Type": "video/mp4"}

    assert client.post("/stream", content=chunks(BODY_BYTES_MAX), headers=video).json() == BODY_BYTES_MAX
    assert client.post("/stream", content=chunks(BODY_BYTES_MAX + 1_000_000), headers=video).status_code == 413


def test_requests_are_counted_by_route(client: TestClient, office: Office) -> None:
    app = FastAPI()
    metrics = Metrics(office)
    app.add_middleware(Boundary, randomness=office.randomness, metrics=metrics, extra={})

    TestClient(app).get(f"/{ID_NUMBER}")

    text = metrics.text().decode()
    assert 'verify_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert ID_NUMBER not in text
