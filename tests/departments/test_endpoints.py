from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.departments.conftest import ID_NUMBER, PURPOSE, Department
from verify_service import faults
from verify_service.access import service as access
from verify_service.access.rates import RateLimits
from verify_service.audit.actor import system
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.departments.endpoints import router
from verify_service.kit.office import Office

PATH = "/v1/confirmations/validate"
NOBODY = {"year": None, "valid_until": None, "method": None, "status": None, "pseudonym": None}


@pytest.fixture
def api(office: Office, signer: Ed25519Signer) -> TestClient:
    app = FastAPI()
    app.state.office, app.state.signer = office, signer
    app.state.rates = RateLimits({"address": 1000, "caller": 1000, "resident": 10})
    app.include_router(router)
    faults.install(app)
    return TestClient(app)


def header(department: Department) -> dict[str, str]:
    return {"Authorization": f"Bearer {department.token}"}


@pytest.fixture
def question(credential: str) -> dict[str, Any]:
    return {"credential": credential, "id_number": ID_NUMBER, "purpose": PURPOSE}


def test_a_department_learns_that_a_confirmation_stands(
    api: TestClient, department: Department, question: dict[str, Any]
) -> None:
    answer = api.post(PATH, headers=header(department), json=question)

    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("pseudonym")
    assert told == {
        "stands": True,
        "matches_person": True,
        "reason": None,
        "year": 2026,
        "valid_until": "2027-03-31",
        "method": "clip",
        "status": "valid",
    }


def test_what_a_qr_code_says_is_taken_alike(api: TestClient, department: Department, question: dict[str, Any]) -> None:
    question["qr_text"] = question.pop("credential") + "\n"

    assert api.post(PATH, headers=header(department), json=question).json()["stands"]


def test_another_number_is_an_answer_that_tells_nothing(
    api: TestClient, department: Department, question: dict[str, Any]
) -> None:
    answer = api.post(PATH, headers=header(department), json=question | {"id_number": "440304193801150015"})

    assert answer.status_code == 200
    assert answer.json() == {"stands": False, "matches_person": False, "reason": "other_person"} | NOBODY


def test_nonsense_is_an_answer_too(api: TestClient, department: Department, question: dict[str, Any]) -> None:
    answer = api.post(PATH, headers=header(department), json=question | {"credential": "nonsense"})

    assert answer.status_code == 200
    assert answer.json() == {"stands": False, "matches_person": False, "reason": "unreadable"} | NOBODY


@pytest.mark.parametrize(
    "change",
    [
        {"credential": None},
        {"qr_text": "x"},
        {"id_number": ""},
        {"purpose": "Old Age"},
        {"name": "王秀英"},
        {"credential": "x" * 5000},
    ],
)
def test_a_question_that_is_not_one_is_a_problem_and_repeats_nothing(
    change: dict[str, Any], api: TestClient, department: Department, question: dict[str, Any]
) -> None:
    answer = api.post(PATH, headers=header(department), json=question | change)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert ID_NUMBER not in answer.text
    assert "王秀英" not in answer.text


def test_a_purpose_that_the_department_was_not_given_is_forbidden(
    api: TestClient, department: Department, question: dict[str, Any]
) -> None:
    answer = api.post(PATH, headers=header(department), json=question | {"purpose": "elder-transit-card"})

    assert (answer.status_code, answer.json()["code"]) == (403, "purpose-not-allowed")


@pytest.mark.parametrize("scope", ["mobile", "registry", "overview"])
def test_another_scope_may_not_ask(scope: str, api: TestClient, office: Office, question: dict[str, Any]) -> None:
    with office.transaction() as session:
        client = access.create_client(session, office, "another", [scope], system("admin"))
        token = access.issue_token(session, office, client, system("admin"))

    answer = api.post(PATH, headers={"Authorization": f"Bearer {token}"}, json=question)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


def test_without_a_token_nobody_asks(api: TestClient, question: dict[str, Any]) -> None:
    assert api.post(PATH, json=question).status_code == 401


def test_numbers_cannot_be_tried_through_on_one_credential(
    api: TestClient, department: Department, question: dict[str, Any]
) -> None:
    tried = [f"4403041949100100{last:02}" for last in range(30, 41)]

    codes = [
        api.post(PATH, headers=header(department), json=question | {"id_number": each}).status_code for each in tried
    ]

    assert codes == [200] * 10 + [429]


def test_credentials_cannot_be_tried_through_on_one_number(
    api: TestClient, department: Department, question: dict[str, Any]
) -> None:
    texts = [question["credential"] + "x" * n for n in range(11)]

    answers = [api.post(PATH, headers=header(department), json=question | {"credential": each}) for each in texts]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
