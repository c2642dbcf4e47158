from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.verification.conftest import Phone, Register
from verify_service.kit.office import Office
from verify_service.verification.jobs import sweep

LATER = datetime.now(UTC) + timedelta(hours=2)


def test_a_clip_without_a_row_is_swept_and_one_with_a_row_stays(
    phone: Phone, register: Register, office: Office, tmp_path: Path
) -> None:
    register()
    phone.sends(phone.opens())
    office.blobs.put("clips/left/by-a-killed-api", b"sealed")

    swept = sweep(office, older_than=LATER)

    assert swept == 1
    assert len([p for p in (tmp_path / "blobs" / "clips").rglob("*") if p.is_file()]) == 1


def test_a_young_clip_is_left_since_its_row_may_be_on_its_way(office: Office) -> None:
    office.blobs.put("clips/just/arrived", b"sealed")

    assert sweep(office, older_than=LATER - timedelta(hours=3)) == 0
