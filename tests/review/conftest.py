from __future__ import annotations

from pathlib import Path

import pytest

from tests.residents.api import API
from tests.review.desk import Desk
from verify_service.cases.endpoints import router as assistance
from verify_service.confirmation.keys import load_or_create_signer
from verify_service.consent.endpoints import router as consents
from verify_service.enrolment.endpoints import router as enrolment
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.randomness import SeededRandomness
from verify_service.residents.endpoints import router as residents
from verify_service.review.endpoints import router as cases
from verify_service.verification.endpoints import router as verifications
from verify_service.verification.settings import ClipSettings


@pytest.fixture
def desk(office: Office, tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> Desk:
    signer = load_or_create_signer(tmp_path / "keys", "development", "https://office.test", clock, randomness)
    routers = (residents, consents, enrolment, assistance, verifications, cases)
    return Desk(API(office, *routers, signer=signer, clips=ClipSettings(12_000_000, 1.5, 20.0, 100)), signer)
