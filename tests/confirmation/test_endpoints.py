from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.confirmation.examples import ID_NUMBER, PURPOSE
from verify_service import faults
from verify_service.access import service as access
from verify_service.audit.actor import system
from verify_service.confirmation import service
from verify_service.confirmation.endpoints import MayRead, confirmations_router
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.refusals import Revoked
from verify_service.confirmation.validation import Trust, validate
from verify_service.kit.office import Office

Headers = dict[str, str]


@pytest.fixture
def client(office: Office) -> Callable[[str], Headers]:
    """The header of a new client with a scope."""

    def with_scope(scope: str) -> Headers:
        with office.transaction() as session:
            made = access.create_client(session, office, f"a client for {scope}", [scope], system("test"))
            token = access.issue_token(session, office, made, system("test"))
        return {"Authorization": f"Bearer {token}"}

    return with_scope


@pytest.fixture
def staff(office: Office) -> Callable[..., Headers]:
    """The header of a new member of staff."""

    def with_role(role: str, districts: list[str] | None = None) -> Headers:
        with office.transaction() as session:
            made = access.create_staff(session, office, f"{role} of {districts}", role, districts, system("test"))
            token = access.issue_token(session, office, made, system("test"))
        return {"Authorization": f"Bearer {token}"}

    return with_role


@pytest.mark.parametrize("scope", ["mobile", "registry"])
def test_a_confirmation_is_given_with_its_credential(
    scope: str, api: TestClient, office: Office, issued: ConfirmationRecord, client: Callable[[str], Headers]
) -> None:
    answer = api.get(f"/v1/confirmations/{issued.id}", headers=client(scope))

    with office.transaction() as session:
        text = service.credential_text(session, office, issued)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "id": str(issued.id),
        "resident_ref": str(issued.resident_ref),
        "purpose": PURPOSE,
        "year": 2026,
        "state": "valid",
        "method": "clip",
        "valid_from": "2026-03-02",
        "valid_until": "2027-03-31",
        "issued_at": "2026-03-02T02:00:00Z",
        "demo": True,
        "credential": text,
    }


def test_its_qr_code_says_the_same_credential(
    api: TestClient, issued: ConfirmationRecord, client: Callable[[str], Headers]
) -> None:
    headers = client("mobile")
    text = api.get(f"/v1/confirmations/{issued.id}", headers=headers).json()["credential"]

    answer = api.get(f"/v1/confirmations/{issued.id}", headers=headers | {"Accept": "image/png"})

    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert answer.headers["content-type"] == "image/png"
    assert cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0] == text


def test_a_pdf_is_not_given_yet_and_the_answer_says_what_is(
    api: TestClient, issued: ConfirmationRecord, client: Callable[[str], Headers]
) -> None:
    headers = client("mobile") | {"Accept": "application/pdf"}

    answer = api.get(f"/v1/confirmations/{issued.id}", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")
    assert "application/json or image/png" in answer.json()["detail"]


def test_an_unknown_confirmation_is_not_found(api: TestClient, client: Callable[[str], Headers]) -> None:
    answer = api.get(f"/v1/confirmations/{uuid4()}", headers=client("mobile"))

    assert (answer.status_code, answer.json()["code"]) == (404, "confirmation-not-found")


def test_without_a_token_or_with_another_scope_nothing_is_given(
    api: TestClient, issued: ConfirmationRecord, client: Callable[[str], Headers]
) -> None:
    assert api.get(f"/v1/confirmations/{issued.id}").status_code == 401
    assert api.get(f"/v1/confirmations/{issued.id}", headers=client("validate")).status_code == 403


def test_a_reader_who_may_not_see_this_one_is_told_that_there_is_none(
    office: Office, signer: Ed25519Signer, issued: ConfirmationRecord
) -> None:
    def nobody() -> MayRead:
        return lambda confirmation: confirmation.id != issued.id

    app = FastAPI()
    app.state.office, app.state.signer = office, signer
    app.include_router(confirmations_router(nobody))
    faults.install(app)

    answer = TestClient(app).get(f"/v1/confirmations/{issued.id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "confirmation-not-found")


def test_keys_and_status_list_are_public_and_may_be_kept_for_a_quarter_of_an_hour(
    api: TestClient, signer: Ed25519Signer
) -> None:
    keys, statuses = api.get("/.well-known/jwks.json"), api.get("/v1/status-lists/1")

    assert keys.json() == signer.jwks()
    assert statuses.headers["content-type"].startswith("application/statuslist+jwt")
    for answer in (keys, statuses):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=900"


@pytest.mark.parametrize(("number", "status"), [("2", 404), ("0", 422), ("2147483648", 422), ("x", 422)])
def test_a_status_list_that_does_not_exist_is_no_error_of_ours(number: str, status: int, api: TestClient) -> None:
    assert api.get(f"/v1/status-lists/{number}").status_code == status


def test_a_revocation_by_a_supervisor_is_in_the_next_status_list(
    api: TestClient, issued: ConfirmationRecord, staff: Callable[..., Headers], office: Office
) -> None:
    with office.transaction() as session:
        text = service.credential_text(session, office, issued)

    answer = api.post(
        f"/v1/confirmations/{issued.id}/revocation",
        headers=staff("supervisor", ["440304"]),
        json={"reason_code": "resident_deceased"},
    )

    assert answer.json() == {
        "id": str(issued.id),
        "state": "revoked",
        "reason_code": "resident_deceased",
        "revoked_at": "2026-03-02T02:00:00Z",
    }
    trust = Trust(PublicKeys.from_json(api.get("/.well-known/jwks.json").content), accepts_demo=True)
    statuses = api.get("/v1/status-lists/1").text
    with pytest.raises(Revoked):
        validate(text, id_number=ID_NUMBER, purpose=PURPOSE, trust=trust, status_list=statuses, now=office.clock.now())


def test_what_was_revoked_cannot_be_revoked_again(
    api: TestClient, issued: ConfirmationRecord, staff: Callable[..., Headers]
) -> None:
    headers, body = staff("supervisor"), {"reason_code": "fraud"}
    assert api.post(f"/v1/confirmations/{issued.id}/revocation", headers=headers, json=body).status_code == 200

    answer = api.post(f"/v1/confirmations/{issued.id}/revocation", headers=headers, json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


def test_a_supervisor_of_another_district_finds_nothing(
    api: TestClient, issued: ConfirmationRecord, staff: Callable[..., Headers], office: Office
) -> None:
    answer = api.post(
        f"/v1/confirmations/{issued.id}/revocation",
        headers=staff("supervisor", ["440305"]),
        json={"reason_code": "fraud"},
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "confirmation-not-found")
    with office.transaction() as session:
        assert service.get(session, issued.id).state == "valid"


@pytest.mark.parametrize("role", ["clerk", "approver", "auditor", "administrator"])
def test_nobody_but_a_supervisor_revokes(
    role: str, api: TestClient, issued: ConfirmationRecord, staff: Callable[..., Headers]
) -> None:
    answer = api.post(f"/v1/confirmations/{issued.id}/revocation", headers=staff(role), json={"reason_code": "fraud"})

    assert (answer.status_code, answer.json()["code"]) == (403, "staff-only")


@pytest.mark.parametrize("body", [{}, {"reason_code": "because"}, {"reason_code": "fraud", "note": "x"}])
def test_a_revocation_needs_one_of_the_reasons_and_nothing_else(
    body: dict[str, str], api: TestClient, issued: ConfirmationRecord, staff: Callable[..., Headers]
) -> None:
    answer = api.post(f"/v1/confirmations/{issued.id}/revocation", headers=staff("supervisor"), json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
