"""Keys, a signer, a resident, and a credential made without a database, for all tests of confirmations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.confirmation.examples import CYCLE, ID_NUMBER, ISSUER, PURPOSE
from verify_service import faults
from verify_service.access.rates import RateLimits
from verify_service.audit.actor import system
from verify_service.confirmation import credential as credentials
from verify_service.confirmation import service
from verify_service.confirmation.credential import Credential, StatusPlace, end_of_day
from verify_service.confirmation.endpoints import confirmations_router
from verify_service.confirmation.holder import commit
from verify_service.confirmation.key_files import create_key
from verify_service.confirmation.keys import Ed25519Signer, load_signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.states import Method
from verify_service.confirmation.validation import Trust
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.randomness import SeededRandomness
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord


@pytest.fixture
def key_folder(tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> Path:
    """A folder with one demo key, as a fresh installation outside production has it."""
    create_key(tmp_path / "keys", "development", clock, randomness)
    return tmp_path / "keys"


@pytest.fixture
def signer(key_folder: Path) -> Ed25519Signer:
    return load_signer(key_folder, "development", ISSUER)


@pytest.fixture
def production_signer(tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> Ed25519Signer:
    create_key(tmp_path / "production-keys", "production", clock, randomness)
    return load_signer(tmp_path / "production-keys", "production", ISSUER)


@pytest.fixture
def trust(production_signer: Ed25519Signer) -> Trust:
    """What a department in production trusts."""
    return Trust(PublicKeys.from_jwks(production_signer.jwks()))


@pytest.fixture
def credential(randomness: SeededRandomness) -> Credential:
    """A credential of production for the holder of ID_NUMBER, valid from the tests' held moment to 31 March 2027."""
    issued_at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    return Credential(
        issuer=ISSUER,
        confirmation_id=UUID("3f6b1c1e-7f0b-4c1e-9d4e-5f6a7b8c9d0e"),
        issued_at=issued_at,
        valid_from=issued_at,
        expires_at=end_of_day(CYCLE.valid_until),
        year=2026,
        purpose=PURPOSE,
        method=Method.CLIP,
        holder=commit(ID_NUMBER, randomness),
        status=StatusPlace(f"{ISSUER}/v1/status-lists/1", 70_001),
        is_demo=False,
    )


@pytest.fixture
def text(credential: Credential, production_signer: Ed25519Signer) -> str:
    """The signed text of `credential`."""
    return production_signer.sign_jwt(credential.claims(), credentials.TYPE)


@pytest.fixture
def demo_text(credential: Credential, signer: Ed25519Signer) -> str:
    return signer.sign_jwt(replace(credential, is_demo=True).claims(), credentials.TYPE)


@pytest.fixture
def resident(office: Office) -> ResidentRecord:
    """The holder of ID_NUMBER, registered in Futian."""
    new = residents.checked(id_number=ID_NUMBER, name="王秀英", district="440304", today=office.clock.today())
    with office.transaction() as session:
        return residents.register(session, office, new, system("test")).record


@pytest.fixture
def issued(office: Office, signer: Ed25519Signer, resident: ResidentRecord) -> ConfirmationRecord:
    """A valid confirmation of `resident`."""
    with office.transaction() as session:
        return service.issue(
            session,
            office,
            signer,
            resident=resident,
            purpose=PURPOSE,
            cycle=CYCLE,
            method="clip",
            verification_id=None,
            actor=system("worker"),
        )


@pytest.fixture
def api(office: Office, signer: Ed25519Signer) -> TestClient:
    """The addresses of confirmations alone, with the service's own answers to errors."""
    app = FastAPI()
    app.state.office, app.state.signer = office, signer
    app.state.rates = RateLimits({"address": 100, "caller": 100})
    app.include_router(confirmations_router())
    faults.install(app)
    return TestClient(app)
