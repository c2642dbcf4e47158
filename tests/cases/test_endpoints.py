from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.residents.api import API, row
from verify_service.cases.endpoints import router as cases
from verify_service.cases.records import CaseRecord
from verify_service.consent.records import ConsentRecord
from verify_service.kit.office import Office
from verify_service.residents.endpoints import router as residents


@pytest.fixture
def api(office: Office) -> API:
    return API(office, residents, cases)


@pytest.fixture
def ref(api: API) -> str:
    return str(api.client("registry")("POST", "/v1/residents", json=row()).json()["resident_ref"])


@pytest.mark.parametrize("kind", ["home_visit", "counter", "call"])
def test_whoever_wants_a_person_gets_a_case_and_a_day_without_any_consent(
    api: API, ref: str, kind: str, office: Office
) -> None:
    answer = api.client("mobile")("POST", f"/v1/residents/{ref}/assistance", json={"kind": kind, "note": "听不清"})

    assert answer.status_code == 201
    assert answer.json()["due_by"] == "2026-03-09"
    with office.transaction() as session:
        case = session.get_one(CaseRecord, UUID(answer.json()["case_id"]))
        assert (case.kind, case.wish, case.state) == ("assistance", kind, "open")
        assert session.scalar(select(func.count()).select_from(ConsentRecord)) == 0


def test_asking_again_is_the_same_case(api: API, ref: str) -> None:
    app = api.client("mobile", "registry")

    answers = [app("POST", f"/v1/residents/{ref}/assistance", json={"kind": "call"}).json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("body", [{}, {"kind": "letter"}, {"kind": "call", "note": ""}, {"kind": "call", "x": 1}])
def test_a_wish_that_nobody_can_grant_is_refused(api: API, ref: str, body: dict[str, object], office: Office) -> None:
    answer = api.client("mobile")("POST", f"/v1/residents/{ref}/assistance", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    with office.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CaseRecord)) == 0


def test_assistance_needs_a_resident_and_a_caller_with_the_scope(api: API, ref: str) -> None:
    wish = {"kind": "call"}

    assert api.client("mobile")("POST", f"/v1/residents/{UUID(int=1)}/assistance", json=wish).status_code == 404
    assert api.client("validate")("POST", f"/v1/residents/{ref}/assistance", json=wish).status_code == 403
    assert api.nobody("POST", f"/v1/residents/{ref}/assistance", json=wish).status_code == 401
