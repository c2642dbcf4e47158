"""Residents of two districts, to have cases of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from verify_service.audit.actor import Actor
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.id_number import check_character
from verify_service.residents.records import ResidentRecord

Registered = Callable[..., ResidentRecord]


@pytest.fixture
def registered(office: Office) -> Registered:
    """`registered(1, district="440304")`: the resident with that count, committed."""

    def register(count: int = 1, district: str = "440304") -> ResidentRecord:
        first_17 = f"44030419491001{count:03}"
        id_number = first_17 + check_character(first_17)
        new = residents.checked(id_number=id_number, name="王秀英", district=district, today=office.clock.today())
        with office.transaction() as session:
            return residents.register(session, office, new, Actor("client", "registry")).record

    return register
