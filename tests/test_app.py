from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from verify_service.access import service as access
from verify_service.access.rates import RateLimits
from verify_service.app import create_app
from verify_service.audit.actor import system
from verify_service.confirmation.keys import Ed25519Signer, load_or_create_signer
from verify_service.health import Build
from verify_service.kit.db import engine_for, sessions_for
from verify_service.kit.migrate import head
from verify_service.kit.office import Environment, Office
from verify_service.verification.settings import ClipSettings

BUILD = Build(
    models={"face_embedder": "ab" * 32},
    thresholds_version="0123456789ab",
    thresholds={"clip_seconds_min": 1.5},
    schema=head(),
)
CLIPS = ClipSettings(byte_limit=1000, seconds_min=1.5, seconds_max=20, queue_limit=10)
ADMIN = system("admin")
# What anybody may ask without a token: operations, the reference, and what offline validation needs.
FOR_EVERY_TOKEN = {"/v1/consent-texts"}
PUBLIC = {"/healthz", "/readyz", "/metrics", "/.well-known/jwks.json", "/v1/status-lists/{number}"}


def app_over(office: Office, folder: Path, environment: Environment = "development", build: Build = BUILD) -> FastAPI:
    signer = load_or_create_signer(folder / "keys", environment, "http://test", office.clock, office.randomness)
    assert isinstance(signer, Ed25519Signer)
    rates = RateLimits({"address": 10_000, "caller": 10_000, "resident": 10_000})
    here = replace(office, environment=environment)
    return create_app(here, signer, rates=rates, clips=CLIPS, build=build)


@pytest.fixture
def client(office: Office, tmp_path: Path) -> TestClient:
    return TestClient(app_over(office, tmp_path))


def a_worker_was_heard(office: Office, seconds_ago: int = 0) -> None:
    with office.transaction() as session:
        heard = text("insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => :s))")
        session.execute(heard, {"s": seconds_ago})


def test_alive_is_alive(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


def test_ready_echoes_what_it_is_made_of(client: TestClient, office: Office) -> None:
    a_worker_was_heard(office)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": True, "schema": True, "workers": True},
        "environment": "development",
        "models": BUILD.models,
        "thresholds_version": BUILD.thresholds_version,
        "thresholds": {"clip_seconds_min": 1.5},
        "schema": BUILD.schema,
    }


def test_without_a_worker_it_is_not_ready(client: TestClient) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["checks"] == {"database": True, "schema": True, "workers": False}


def test_a_worker_that_was_not_heard_for_long_does_not_count(client: TestClient, office: Office) -> None:
    a_worker_was_heard(office, seconds_ago=31)

    assert client.get("/readyz").status_code == 503


def test_over_a_schema_of_another_release_it_is_not_ready(office: Office, tmp_path: Path) -> None:
    a_worker_was_heard(office)
    client = TestClient(app_over(office, tmp_path, build=replace(BUILD, schema="9999")))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["schema"] == f"at {head()}, needed 9999"


def test_without_a_database_it_is_alive_and_not_ready(office: Office, tmp_path: Path, database_url: str) -> None:
    gone = sessions_for(engine_for(database_url.replace("/office", "/nowhere")))
    client = TestClient(app_over(replace(office, sessions=gone), tmp_path))

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["checks"] == {"database": False, "schema": False, "workers": False}
    assert client.get("/v1/status-lists/1").json()["code"] == "unavailable"


def test_the_demonstration_says_so_in_every_answer(office: Office, tmp_path: Path) -> None:
    demo = TestClient(app_over(office, tmp_path, "demo"))

    assert demo.get("/healthz").headers["x-demo"] == "true"
    assert demo.get("/nowhere").headers["x-demo"] == "true"
    assert "DEMONSTRATION" in demo.get("/docs").text
    assert "x-demo" not in TestClient(app_over(office, tmp_path / "other")).get("/healthz").headers


def test_figures_name_routes_and_queues(client: TestClient, office: Office) -> None:
    a_worker_was_heard(office)
    with office.transaction() as session:
        office.queue.enqueue(session, "verification.assess", queue="clips", attempt_id="1")

    client.get("/healthz")
    text = client.get("/metrics").text

    assert 'verify_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert 'verify_jobs{queue="clips",state="todo"} 1.0' in text
    assert 'verify_oldest_job_seconds{queue="clips"}' in text
    assert "verify_workers 1.0" in text


def operations(app: FastAPI) -> list[tuple[str, str]]:
    paths = TestClient(app).get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def test_whatever_is_not_public_asks_for_a_token_first(office: Office, tmp_path: Path) -> None:
    app = app_over(office, tmp_path)
    client = TestClient(app)

    asked = [(method, path) for method, path in operations(app) if path not in PUBLIC]
    answers = {
        (method, path): client.request(method, re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path))
        for method, path in asked
    }

    assert len(asked) > 10
    wrong = {operation: answer.text for operation, answer in answers.items() if answer.status_code != 401}
    assert wrong == {}


def test_a_token_without_scopes_opens_nothing(office: Office, tmp_path: Path) -> None:
    app = app_over(office, tmp_path)
    client = TestClient(app)
    with office.transaction() as session:
        nobody = access.create_client(session, office, "nobody", [], ADMIN)
        token = access.issue_token(session, office, nobody, ADMIN)

    headers = {"Authorization": f"Bearer {token}"}
    for method, path in operations(app):
        if path in PUBLIC | FOR_EVERY_TOKEN:
            continue
        answer = client.request(
            method, re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path), headers=headers
        )
        # A verification's own token is looked for where a client's would not do: there a stranger finds nothing.
        assert answer.status_code in (401, 403, 404), (method, path, answer.text)


def test_the_description_promises_problem_json_and_never_fastapis_own_form(client: TestClient) -> None:
    content = client.get("/openapi.json").json()

    assert "HTTPValidationError" not in str(content)
    for path, methods in content["paths"].items():
        for method, operation in methods.items():
            form = operation["responses"]["default"]["content"]
            assert "application/problem+json" in form, (method, path)


def test_the_reference_is_one_page_without_scripts(client: TestClient) -> None:
    page = client.get("/docs")

    assert page.headers["content-type"].startswith("text/html")
    assert "/v1/verifications" in page.text
    assert "<script" not in page.text
    assert "http" not in re.sub(r"https?://(test|127)", "", "".join(re.findall(r'(?:src|href)="([^"]*)"', page.text)))
