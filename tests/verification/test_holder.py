from __future__ import annotations

from typing import Any

import pytest

from tests.residents.api import API, Caller
from tests.verification.conftest import Phone, Register
from verify_service.confirmation.endpoints import confirmations_router
from verify_service.verification.holder import confirmation_readers


@pytest.fixture
def confirmed(phone: Phone, register: Register) -> dict[str, Any]:
    """An opened verification that ended in a confirmation; `confirmation` is its address."""
    phone.api.app.include_router(confirmations_router(confirmation_readers))
    register()
    opened: dict[str, Any] = phone.opens()
    phone.sends(opened)
    phone.work()
    return {**opened, "confirmation": f"/v1/confirmations/{phone.status(opened)['confirmation_id']}"}


def reads(api: API, token: str, confirmed: dict[str, Any]) -> int:
    return int(Caller(api._client, token)("GET", confirmed["confirmation"]).status_code)


def test_the_phone_reads_the_confirmation_that_it_earned(phone: Phone, confirmed: dict[str, Any]) -> None:
    assert reads(phone.api, confirmed["token"], confirmed) == 200


def test_the_phone_of_another_verification_does_not(
    phone: Phone, register: Register, confirmed: dict[str, Any]
) -> None:
    register(2)
    other = phone.opens(2)

    assert reads(phone.api, other["token"], confirmed) == 404


def test_the_app_reads_what_it_opened_and_the_registry_all(phone: Phone, confirmed: dict[str, Any]) -> None:
    assert phone.mobile("GET", confirmed["confirmation"]).status_code == 200
    assert phone.api.client("registry")("GET", confirmed["confirmation"]).status_code == 200


def test_another_app_and_a_department_do_not(phone: Phone, confirmed: dict[str, Any]) -> None:
    assert phone.api.client("mobile")("GET", confirmed["confirmation"]).status_code == 404
    assert phone.api.client("validate")("GET", confirmed["confirmation"]).status_code == 403
