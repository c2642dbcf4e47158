from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from verify_service.confirmation.errors import KeyOfOtherEnvironment, NoSigningKey
from verify_service.confirmation.key_files import create_key, load_keys, revoke_key
from verify_service.confirmation.keys import Ed25519Signer, load_or_create_signer, load_signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.refusals import KeyRevoked
from verify_service.confirmation.tokens import verified
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Environment
from verify_service.kit.randomness import SeededRandomness

ISSUER = "https://verify.example/"


def test_production_refuses_demo_keys(key_folder: Path) -> None:
    with pytest.raises(KeyOfOtherEnvironment):
        load_signer(key_folder, "production", ISSUER)


@pytest.mark.parametrize("environment", ["demo", "development"])
def test_elsewhere_keys_of_production_are_refused(
    environment: Environment, tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    create_key(tmp_path, "production", clock, randomness)

    with pytest.raises(KeyOfOtherEnvironment):
        load_signer(tmp_path, environment, ISSUER)


def test_one_foreign_key_among_others_is_enough_to_refuse(
    key_folder: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    foreign = create_key(key_folder, "production", clock, randomness)
    revoke_key(key_folder, foreign.kid, clock)

    with pytest.raises(KeyOfOtherEnvironment) as refused:
        load_signer(key_folder, "demo", ISSUER)
    assert refused.value.kid == foreign.kid


def test_a_demo_makes_its_first_key_itself_and_keeps_it(
    tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    first = load_or_create_signer(tmp_path / "keys", "demo", ISSUER, clock, randomness)
    again = load_or_create_signer(tmp_path / "keys", "demo", ISSUER, clock, randomness)

    assert first.kid == again.kid
    assert len(load_keys(tmp_path / "keys")) == 1


def test_processes_that_start_together_find_one_key(tmp_path: Path, clock: HeldClock) -> None:
    def start(seed: int) -> str:
        return load_or_create_signer(tmp_path / "keys", "demo", ISSUER, clock, SeededRandomness(seed)).kid

    with ThreadPoolExecutor(8) as pool:
        kids = set(pool.map(start, range(8)))

    assert len(kids) == 1
    assert len(load_keys(tmp_path / "keys")) == 1


def test_production_starts_only_with_a_key_that_a_person_made(
    tmp_path: Path, clock: HeldClock, randomness: SeededRandomness
) -> None:
    with pytest.raises(NoSigningKey):
        load_or_create_signer(tmp_path, "production", ISSUER, clock, randomness)
    assert load_keys(tmp_path) == ()


def test_without_a_key_that_is_not_revoked_nothing_starts(key_folder: Path, clock: HeldClock) -> None:
    revoke_key(key_folder, load_keys(key_folder)[0].kid, clock)

    with pytest.raises(NoSigningKey):
        load_signer(key_folder, "demo", ISSUER)
    with pytest.raises(ValueError, match="needs a key"):
        Ed25519Signer(load_keys(key_folder), ISSUER)


def test_after_a_rotation_the_newest_key_signs_and_the_older_one_still_validates(
    key_folder: Path, signer: Ed25519Signer, clock: HeldClock, randomness: SeededRandomness
) -> None:
    before = signer.sign_jwt({"n": 1}, "x+jwt")
    clock.advance(timedelta(days=365))
    newer = create_key(key_folder, "demo", clock, randomness)

    rotated = load_signer(key_folder, "demo", ISSUER)

    keys = PublicKeys.from_jwks(rotated.jwks())
    assert rotated.kid == newer.kid != signer.kid
    assert verified(before, typ="x+jwt", keys=keys, length_max=500).kid == signer.kid
    assert verified(rotated.sign_jwt({"n": 2}, "x+jwt"), typ="x+jwt", keys=keys, length_max=500).kid == newer.kid


def test_what_a_revoked_key_signed_no_longer_counts(
    key_folder: Path, signer: Ed25519Signer, clock: HeldClock, randomness: SeededRandomness
) -> None:
    before = signer.sign_jwt({"n": 1}, "x+jwt")
    create_key(key_folder, "demo", clock, randomness)
    revoke_key(key_folder, signer.kid, clock)

    rotated = load_signer(key_folder, "demo", ISSUER)

    jwks = rotated.jwks()
    assert rotated.revoked_kids == {signer.kid}
    assert [key["kid"] for key in jwks["keys"]] == [rotated.kid]
    assert jwks["revoked"] == [{"kid": signer.kid, "revoked_at": "2026-03-02T02:00:00+00:00"}]
    with pytest.raises(KeyRevoked):
        verified(before, typ="x+jwt", keys=PublicKeys.from_jwks(jwks), length_max=500)


def test_only_public_halves_are_published(signer: Ed25519Signer) -> None:
    (jwk,) = signer.jwks()["keys"]

    assert jwk.keys() == {"kty", "crv", "x", "kid", "use", "alg"}


def test_the_issuer_has_no_slash_at_its_end(signer: Ed25519Signer) -> None:
    assert signer.issuer == "https://verify.example"
