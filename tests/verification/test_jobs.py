from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.verification.conftest import Phone, Register
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.verification.jobs import hand_over_stuck, sweep

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


def test_a_clip_that_nobody_answered_for_hours_goes_to_a_person(
    phone: Phone, register: Register, office: Office, clock: HeldClock
) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)

    too_early = hand_over_stuck(office, sent_before=clock.now())
    handed_over = hand_over_stuck(office, sent_before=clock.now() + timedelta(seconds=1))

    assert (too_early, handed_over) == (0, 1)
    assert phone.status(opened)["status"] == "in_review"
