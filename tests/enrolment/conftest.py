"""A resident who has agreed to be enrolled, and an eye that says what the test wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.enrolment.eye import DigestEmbedder
from verify_service.audit.actor import Actor
from verify_service.consent import service as consents
from verify_service.enrolment.errors import PhotoUnusable
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.id_number import check_character
from verify_service.residents.records import ResidentRecord

CLIENT = Actor("client", "counter")


@pytest.fixture
def embedder() -> Callable[..., DigestEmbedder]:
    """`embedder()` makes templates; `embedder(reason="blurred")` finds every photo unusable; `embedder(raises=…)` breaks."""

    def make(reason: str | None = None, raises: Exception | None = None) -> DigestEmbedder:
        return DigestEmbedder(PhotoUnusable(reason) if reason else raises)

    return make


@pytest.fixture
def resident(office: Office) -> ResidentRecord:
    """Registered and agreed to be enrolled."""
    first_17 = "44030419491001007"
    new = residents.checked(
        id_number=first_17 + check_character(first_17), name="王秀英", district="440304", today=office.clock.today()
    )
    with office.transaction() as session:
        record = residents.register(session, office, new, CLIENT).record
        given = consents.Given("enrolment-2026-11", "resident")
        consents.record(session, office, record, purpose="enrolment", given=given, actor=CLIENT)
        return record
