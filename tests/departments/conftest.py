"""A confirmed resident, and two departments that may ask for the old-age allowance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from verify_service.access import service as access
from verify_service.access.callers import Caller
from verify_service.audit.actor import system
from verify_service.confirmation import service as confirmations
from verify_service.confirmation.key_files import create_key
from verify_service.confirmation.keys import Ed25519Signer, load_signer
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.departments import purposes
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.randomness import SeededRandomness
from verify_service.residents import service as residents
from verify_service.rules.rule import Cycle

ID_NUMBER = "440304194910010024"
PURPOSE = "old-age-allowance"


@dataclass(frozen=True)
class Department:
    caller: Caller
    token: str


@pytest.fixture
def signer(tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> Ed25519Signer:
    create_key(tmp_path / "keys", "development", clock, randomness)
    return load_signer(tmp_path / "keys", "development", "https://verify.example")


@pytest.fixture
def issued(office: Office, signer: Ed25519Signer) -> ConfirmationRecord:
    """A confirmation of the holder of ID_NUMBER."""
    new = residents.checked(id_number=ID_NUMBER, name="王秀英", district="440304", today=office.clock.today())
    with office.transaction() as session:
        return confirmations.issue(
            session,
            office,
            signer,
            resident=residents.register(session, office, new, system("test")).record,
            purpose=PURPOSE,
            cycle=Cycle(2026, date(2026, 1, 1), date(2026, 12, 31), date(2027, 3, 31)),
            method="clip",
            verification_id=None,
            actor=system("worker"),
        )


@pytest.fixture
def credential(office: Office, issued: ConfirmationRecord) -> str:
    with office.transaction() as session:
        return confirmations.credential_text(session, office, issued)


def made(office: Office, name: str) -> Department:
    with office.transaction() as session:
        client = access.create_client(session, office, name, ["validate"], system("admin"))
        token = access.issue_token(session, office, client, system("admin"))
        purposes.allow(session, office, client.id, [PURPOSE], system("admin"))
        return Department(Caller("client", client.id, name, frozenset({"validate"}), None), token)


@pytest.fixture
def department(office: Office) -> Department:
    return made(office, "Social Security Bureau")


@pytest.fixture
def other_department(office: Office) -> Department:
    return made(office, "Civil Affairs Bureau")
