from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import procrastinate
from procrastinate.testing import InMemoryConnector
from sqlalchemy import text

from tests.verification.conftest import Phone, Register, ScriptedEye
from tests.verification.test_near_duplicates import sends
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.rules.service import rule_on
from verify_service.verification.jobs import FORGET_TASK, hand_over_stuck, sweep
from verify_service.verification.jobs import register as register_jobs

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


def test_a_fingerprint_is_kept_as_long_as_the_rule_says_and_no_longer(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office, clock: HeldClock
) -> None:
    register()
    sends(phone, eye, 1, seed=7)
    app = procrastinate.App(connector=InMemoryConnector())
    register_jobs(app, office, phone.judge)
    kept_until = clock.now() + timedelta(days=rule_on(clock.today()).fingerprint_retention_days)

    left = []
    for moment in (kept_until, kept_until + timedelta(seconds=1)):
        app.tasks[FORGET_TASK].func(int(moment.timestamp()))
        with office.transaction() as session:
            left.append(session.execute(text("select count(*) from fingerprints")).scalar_one())

    assert left == [1, 0]
