from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from verify_service import faults
from verify_service.access.errors import RateExceeded, ScopeMissing, TokenMissing
from verify_service.kit.problem import MEDIA_TYPE, Problem
from verify_service.problems import GONE

ID_NUMBER = "11010519491231002X"


class Person(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id_number: str = Field(max_length=18, pattern=r"^\d{17}[\dX]$")
    kind: Literal["a", "b"] = "a"
    born_on: date | None = None
    ref: UUID | None = None

    @field_validator("kind", mode="before")
    @classmethod
    def careless(cls, value: object) -> object:
        if value == "echo":
            raise ValueError(f"a careless sentence about {ID_NUMBER}")
        return value


def failing(error: Exception) -> TestClient:
    app = FastAPI()
    faults.install(app)

    @app.get("/fail")
    def fail() -> None:
        raise error

    @app.post("/people")
    def people(person: Person) -> None: ...

    return TestClient(app)


def test_a_domain_error_is_problem_json_with_all_members() -> None:
    answer = failing(ScopeMissing(["registry"])).get("/fail")

    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "urn:verify-service:problem:scope-missing",
        "title": "The token does not allow this",
        "status": 403,
        "detail": "the call needs the scope registry",
        "code": "scope-missing",
        "action": "Use a client that has the scope.",
    }


def test_a_missing_token_is_told_the_scheme() -> None:
    assert failing(TokenMissing()).get("/fail").headers["www-authenticate"] == "Bearer"


def test_a_rate_that_was_exceeded_is_told_the_seconds() -> None:
    answer = failing(RateExceeded("address", 17)).get("/fail")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")


def test_a_database_that_does_not_answer_is_503_without_its_words() -> None:
    answer = failing(OperationalError(f"select '{ID_NUMBER}'", {}, Exception("secret"))).get("/fail")

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "2")
    assert "secret" not in answer.text


def test_a_problem_is_answered_as_it_is() -> None:
    answer = failing(Problem(GONE, "gone", errors=[{"field": "x"}], headers={"X-Y": "z"})).get("/fail")

    assert (answer.status_code, answer.json()["errors"], answer.headers["x-y"]) == (410, [{"field": "x"}], "z")


def test_no_route_and_wrong_method_are_problems_too() -> None:
    client = failing(KeyError())

    assert client.get("/nowhere").json()["code"] == "not-found"
    wrong = client.delete("/fail")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method-not-allowed", "GET")


@pytest.mark.parametrize(
    ("body", "field", "kind"),
    [
        ({}, "body.id_number", "missing"),
        ({"id_number": 7}, "body.id_number", "string_type"),
        ({"id_number": ID_NUMBER + "0"}, "body.id_number", "string_too_long"),
        ({"id_number": ID_NUMBER, "kind": ID_NUMBER}, "body.kind", "literal_error"),
        ({"id_number": ID_NUMBER, "kind": "echo"}, "body.kind", "value_error"),
        ({"id_number": ID_NUMBER, "born_on": ID_NUMBER}, "body.born_on", "date_from_datetime_parsing"),
        ({"id_number": ID_NUMBER, "ref": ID_NUMBER}, "body.ref", "uuid_parsing"),
        ({"id_number": ID_NUMBER, "Zhang San": 1}, "body.…", "extra_forbidden"),
        ({"id_number": ID_NUMBER, ID_NUMBER: 1}, "body.…", "extra_forbidden"),
    ],
)
def test_a_bad_request_names_the_field_and_never_repeats_what_was_sent(
    body: dict[str, object], field: str, kind: str
) -> None:
    answer = failing(KeyError()).post("/people", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [(error["field"], error["kind"]) for error in answer.json()["errors"]] == [(field, kind)]
    assert ID_NUMBER[:13] not in answer.text
    assert "Zhang" not in answer.text


def test_a_body_that_is_no_json_is_a_bad_request_and_not_repeated() -> None:
    answer = failing(KeyError()).post(
        "/people", content=f'{{"id_number": {ID_NUMBER}', headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert ID_NUMBER[:13] not in answer.text
