from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from verify_service.confirmation.errors import KeyFileExposed, KeyFileUnreadable, NoSuchKey
from verify_service.confirmation.key_files import create_key, load_keys, revoke_key
from verify_service.kit.clock import HeldClock
from verify_service.kit.randomness import SeededRandomness


def test_a_key_is_read_as_it_was_made(tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> None:
    made = create_key(tmp_path, "production", clock, randomness)

    assert load_keys(tmp_path) == (made,)
    assert made.secret.hex() not in repr(made)


def test_the_file_is_a_jwk_that_only_its_owner_can_read(
    tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    made = create_key(tmp_path / "keys", "production", clock, randomness)

    path = tmp_path / "keys" / f"signing-{made.kid}.jwk"
    content = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert content.keys() == {"kty", "crv", "x", "d", "kid", "use", "alg", "created_at"}
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("environment", ["demo", "development"])
def test_a_key_made_outside_production_says_so_in_its_id(
    environment: str, tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    made = create_key(tmp_path, environment, clock, randomness)  # type: ignore[arg-type]

    assert made.is_demo
    assert made.kid.startswith("demo-20260302-")


def test_a_key_of_production_does_not(tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> None:
    made = create_key(tmp_path, "production", clock, randomness)

    assert not made.is_demo
    assert made.kid.startswith("20260302-")


def test_a_revoked_key_stays_revoked(tmp_path: Path, clock: HeldClock, randomness: SeededRandomness) -> None:
    made = create_key(tmp_path, "production", clock, randomness)
    clock.advance(timedelta(days=1))
    first = revoke_key(tmp_path, made.kid, clock)
    clock.advance(timedelta(days=1))

    again = revoke_key(tmp_path, made.kid, clock)

    assert load_keys(tmp_path) == (first,)
    assert again.revoked_at == first.revoked_at == made.created_at + timedelta(days=1)


def test_a_key_that_is_not_there_cannot_be_revoked(tmp_path: Path, clock: HeldClock) -> None:
    with pytest.raises(NoSuchKey):
        revoke_key(tmp_path, "20260302-00000000", clock)


def test_a_key_file_that_others_can_read_is_refused(
    tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    made = create_key(tmp_path, "production", clock, randomness)
    (tmp_path / f"signing-{made.kid}.jwk").chmod(0o640)

    with pytest.raises(KeyFileExposed):
        load_keys(tmp_path)


@pytest.mark.parametrize(
    ("member", "value"),
    [("d", None), ("d", "AAAA"), ("x", "AAAA"), ("created_at", "yesterday"), ("kid", None), ("created_at", 5)],
)
def test_a_damaged_key_file_is_refused(
    member: str, value: object, tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    made = create_key(tmp_path, "production", clock, randomness)
    path = tmp_path / f"signing-{made.kid}.jwk"
    content = json.loads(path.read_text())
    content[member] = value
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))

    with pytest.raises(KeyFileUnreadable):
        load_keys(tmp_path)


@pytest.mark.parametrize("content", ["", "no json", "[]", "{}"])
def test_a_file_that_is_no_jwk_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "signing-x.jwk"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileUnreadable):
        load_keys(tmp_path)
