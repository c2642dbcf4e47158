from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient

from verify_service import faults
from verify_service.access import service
from verify_service.access.callers import Caller, caller_of, require, require_staff
from verify_service.access.rates import RateLimits
from verify_service.audit.actor import system
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office

ADMIN = system("admin")
Get = Callable[..., tuple[int, dict[str, object], dict[str, str]]]


def app_over(office: Office, rates: RateLimits) -> FastAPI:
    app = FastAPI()
    app.state.office, app.state.rates = office, rates
    faults.install(app)

    def answer(caller: Caller) -> dict[str, object]:
        districts = None if caller.districts is None else sorted(caller.districts)
        return {"kind": caller.actor.kind, "id": caller.actor.id, "name": caller.name, "districts": districts}

    @app.get("/anybody")
    def anybody(caller: Annotated[Caller, Depends(caller_of)]) -> dict[str, object]:
        return answer(caller)

    @app.get("/registry")
    def registry(caller: Annotated[Caller, Depends(require("registry", "overview"))]) -> dict[str, object]:
        return answer(caller)

    @app.get("/staff")
    def staff(caller: Annotated[Caller, Depends(require_staff())]) -> dict[str, object]:
        return answer(caller)

    @app.get("/approvers")
    def approvers(caller: Annotated[Caller, Depends(require_staff("approver", "supervisor"))]) -> dict[str, object]:
        return answer(caller)

    return app


@pytest.fixture
def get(office: Office) -> Get:
    client = TestClient(app_over(office, RateLimits({"address": 1000, "caller": 1000})))

    def call(path: str, token: str | None = None) -> tuple[int, dict[str, object], dict[str, str]]:
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"} if token is not None else {})
        return answer.status_code, answer.json(), dict(answer.headers)

    return call


def client_token(office: Office, *scopes: str) -> str:
    with office.transaction() as session:
        client = service.create_client(session, office, "the app", scopes, ADMIN)
        return service.issue_token(session, office, client, ADMIN, days=1)


def staff_token(office: Office, role: str, districts: list[str] | None = None) -> str:
    with office.transaction() as session:
        staff = service.create_staff(session, office, "Wang Li", role, districts, ADMIN)
        return service.issue_token(session, office, staff, ADMIN, days=1)


@pytest.mark.parametrize("path", ["/anybody", "/registry", "/staff", "/approvers"])
def test_without_a_token_nobody_is_let_in_and_told_how(get: Get, path: str) -> None:
    status, body, headers = get(path)

    assert (status, body["code"]) == (401, "token-missing")
    assert headers["www-authenticate"] == "Bearer"
    assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/anybody", "/registry", "/staff", "/approvers"])
def test_a_token_that_nobody_issued_is_not_valid(get: Get, path: str) -> None:
    status, body, headers = get(path, "vs_00000000_" + "a" * 43)

    assert (status, body["code"]) == (401, "token-invalid")
    assert headers["www-authenticate"] == "Bearer"


def test_an_expired_token_is_named_so(get: Get, office: Office, clock: HeldClock) -> None:
    token = client_token(office, "registry")
    clock.advance(timedelta(days=1))

    status, body, _ = get("/registry", token)

    assert (status, body["code"]) == (401, "token-expired")


def test_a_client_with_the_scope_is_let_in(get: Get, office: Office) -> None:
    status, body, _ = get("/registry", client_token(office, "mobile", "overview"))

    assert status == 200
    assert (body["kind"], body["name"], body["districts"]) == ("client", "the app", None)


def test_a_client_without_the_scope_is_told_which_it_needs(get: Get, office: Office) -> None:
    status, body, _ = get("/registry", client_token(office, "mobile"))

    assert (status, body["code"]) == (403, "scope-missing")
    assert "overview or registry" in str(body["detail"])


def test_a_client_is_no_staff_whatever_its_scopes(get: Get, office: Office) -> None:
    token = client_token(office, *service.SCOPES)

    assert get("/staff", token)[0] == 403
    assert get("/approvers", token)[0] == 403


def test_staff_hold_no_scope(get: Get, office: Office) -> None:
    assert get("/registry", staff_token(office, "administrator"))[0] == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [("clerk", 403), ("approver", 200), ("supervisor", 200), ("auditor", 403), ("administrator", 403)],
)
def test_only_the_named_roles_are_let_in(get: Get, office: Office, role: str, status: int) -> None:
    token = staff_token(office, role)

    assert get("/approvers", token)[0] == status
    assert get("/staff", token)[0] == 200


def test_staff_come_with_their_districts(get: Get, office: Office) -> None:
    _, body, _ = get("/staff", staff_token(office, "clerk", ["440304001", "440304"]))

    assert body["kind"] == "staff"
    assert body["districts"] == ["440304", "440304001"]


@pytest.mark.parametrize(
    ("limits", "kind"), [({"address": 2, "caller": 9}, "address"), ({"address": 9, "caller": 2}, "caller")]
)
def test_too_many_calls_are_told_to_wait(office: Office, limits: dict[str, int], kind: str) -> None:
    client = TestClient(app_over(office, RateLimits(limits)))
    headers = {"Authorization": f"Bearer {client_token(office, 'registry')}"}

    answers = [client.get("/registry", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert kind in answers[-1].json()["detail"]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


def test_guesses_at_tokens_use_up_the_limit_of_their_address(office: Office) -> None:
    client = TestClient(app_over(office, RateLimits({"address": 2, "caller": 9})))
    guess = {"Authorization": "Bearer vs_00000000_" + "a" * 43}

    assert [client.get("/registry", headers=guess).status_code for _ in range(3)] == [401, 401, 429]
