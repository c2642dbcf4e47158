"""The slices of residents over HTTP, for the tests of their endpoints: a real office behind them, real tokens before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from verify_service import faults
from verify_service.access import service as access
from verify_service.access.rates import RateLimits
from verify_service.audit.actor import system
from verify_service.kit.office import Office
from verify_service.residents.id_number import check_character

ADMIN = system("admin")


class Caller:
    """Calls with one token. Every error must be problem+json with a code, or the test has found a fault."""

    def __init__(self, client: TestClient, token: str | None) -> None:
        self._client, self._token = client, token

    def __call__(self, method: str, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        authorization = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        answer = self._client.request(method, path, headers={**authorization, **(headers or {})}, **body)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert answer.json()["code"]
            assert answer.status_code < 500 or answer.status_code == 503, answer.text  # 503 is said on purpose
        return answer


class API:
    """An application with some routers over an office, and callers of every kind."""

    def __init__(self, office: Office, *routers: APIRouter, **state: object) -> None:
        app = FastAPI()
        app.state.office, app.state.rates = (
            office,
            RateLimits({"address": 10_000, "caller": 10_000, "resident": 10_000}),
        )
        for name, value in state.items():
            setattr(app.state, name, value)
        for router in routers:
            app.include_router(router)
        faults.install(app)
        self.office, self.app, self._client = office, app, TestClient(app)
        self.nobody = Caller(self._client, None)

    def client(self, *scopes: str, days: int = 1) -> Caller:
        with self.office.transaction() as session:
            client = access.create_client(session, self.office, f"client {self._new_name()}", scopes, ADMIN)
            return Caller(self._client, access.issue_token(session, self.office, client, ADMIN, days=days))

    def staff(self, role: str, name: str, districts: Collection[str] | None = None, days: int = 1) -> Caller:
        with self.office.transaction() as session:
            staff = access.create_staff(session, self.office, name, role, districts, ADMIN)
            return Caller(self._client, access.issue_token(session, self.office, staff, ADMIN, days=days))

    def with_token(self, token: str) -> Caller:
        """Somebody who holds a token that was given out by the API itself."""
        return Caller(self._client, token)

    def _new_name(self) -> str:
        return self.office.randomness.token()[:8]


def id_number(count: int, born: str = "19491001") -> str:
    """The `count`-th number of those born that day in Futian."""
    first_17 = f"440304{born}{count:03}"
    return first_17 + check_character(first_17)


def row(count: int = 1, **changes: str) -> dict[str, str]:
    """A resident as the register tells of them."""
    return {"id_number": id_number(count), "name": "王秀英", "district": "440304", **changes}
