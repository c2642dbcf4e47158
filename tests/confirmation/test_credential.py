from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from verify_service.confirmation.credential import Credential, end_of_day, from_claims


def test_a_credential_reads_as_it_was_written(credential: Credential) -> None:
    assert from_claims(credential.claims()) == credential


def test_demo_is_said_where_it_is_one_and_only_there(credential: Credential) -> None:
    demo = replace(credential, is_demo=True)

    assert demo.claims()["demo"] is True
    assert from_claims(demo.claims()) == demo
    assert "demo" not in credential.claims()


def test_a_day_ends_at_midnight_in_shenzhen() -> None:
    assert end_of_day(date(2026, 12, 31)) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_the_last_day_is_read_back_from_the_moment_of_expiry(credential: Credential) -> None:
    assert replace(credential, expires_at=end_of_day(date(2028, 2, 29))).valid_until == date(2028, 2, 29)
