from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.residents.api import API, Caller, row
from verify_service.consent.endpoints import router as consents
from verify_service.kit.office import Office
from verify_service.residents.endpoints import router as residents

GIVEN = {"purpose": "enrolment", "text_version": "enrolment-2026-11", "given_by": "resident"}


@pytest.fixture
def api(office: Office) -> API:
    return API(office, residents, consents)


@pytest.fixture
def ref(api: API) -> str:
    return str(api.client("registry")("POST", "/v1/residents", json=row()).json()["resident_ref"])


@pytest.fixture
def app(api: API) -> Caller:
    return api.client("mobile")


def test_the_texts_in_force_can_be_read_and_then_agreed_to(app: Caller, ref: str) -> None:
    texts = app("GET", "/v1/consent-texts").json()["items"]

    assert {text["purpose"] for text in texts} == {"enrolment", "verification"}
    for text in texts:
        assert set(text["text"]) == {"zh-Hans", "zh-Hant", "en"}
        given = {"purpose": text["purpose"], "text_version": text["version"]}
        assert app("POST", f"/v1/residents/{ref}/consents", json=given).status_code == 201
    assert len(app("GET", f"/v1/residents/{ref}/consents").json()["items"]) == 2


def test_a_helper_is_recorded_and_the_name_not_shown(app: Caller, ref: str) -> None:
    helped = {**GIVEN, "helper": {"name": "李国强", "relation": "son"}}

    answer = app("POST", f"/v1/residents/{ref}/consents", json=helped)

    assert answer.json()["was_helped"] is True
    assert "李国强" not in answer.text + app("GET", f"/v1/residents/{ref}/consents").text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text_version": "enrolment-1999"}, "consent-text-unknown"),
        ({"text_version": "verification-2026-11"}, "consent-text-unknown"),
        ({"purpose": "advertising"}, "invalid-request"),
        ({"given_by": "neighbour"}, "invalid-request"),
        ({"helper": {"name": ""}}, "invalid-request"),
        ({"forever": True}, "invalid-request"),
    ],
)
def test_a_consent_to_something_else_is_not_recorded(app: Caller, ref: str, changes: dict[str, Any], code: str) -> None:
    answer = app("POST", f"/v1/residents/{ref}/consents", json={**GIVEN, **changes})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert app("GET", f"/v1/residents/{ref}/consents").json()["items"] == []


def test_nobody_consents_for_a_resident_who_is_not_there(app: Caller) -> None:
    for method, body in (("POST", {"json": GIVEN}), ("GET", {})):
        answer = app(method, f"/v1/residents/{UUID(int=1)}/consents", **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "resident-not-found")


def test_consents_are_for_apps_and_the_registry(api: API, ref: str) -> None:
    for caller, status in ((api.nobody, 401), (api.client("validate"), 403), (api.staff("clerk", "Anna"), 403)):
        assert caller("POST", f"/v1/residents/{ref}/consents", json=GIVEN).status_code == status
        assert caller("GET", f"/v1/residents/{ref}/consents").status_code == status
    assert api.nobody("GET", "/v1/consent-texts").status_code == 401
