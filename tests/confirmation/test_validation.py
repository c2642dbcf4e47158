"""Forged, changed, ended and borrowed credentials: each is refused, and for its own reason (threat T16)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.confirmation.examples import ID_NUMBER, ISSUER, OTHER_ID_NUMBER, PURPOSE
from tests.confirmation.forgery import hmac_with_the_public_key, opened, part, signed, unsigned
from verify_service.confirmation import credential as credentials
from verify_service.confirmation import status_list as status_lists
from verify_service.confirmation.credential import Credential
from verify_service.confirmation.key_files import create_key, revoke_key
from verify_service.confirmation.keys import Ed25519Signer, load_signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.refusals import (
    AlgorithmNotAllowed,
    ClaimsInvalid,
    CredentialRefused,
    DemoCredential,
    Expired,
    KeyRevoked,
    KeyUnknown,
    NotYetValid,
    OtherPerson,
    OtherPurpose,
    OtherStatusList,
    Revoked,
    StatusListRefused,
    StatusListStale,
    Superseded,
    Suspended,
    Unreadable,
    WrongSignature,
    WrongType,
)
from verify_service.confirmation.status_list import Status
from verify_service.confirmation.validation import RevocationNotChecked, Standing, Trust, authenticate, validate
from verify_service.kit.clock import HeldClock
from verify_service.kit.randomness import SeededRandomness

NOW = datetime(2026, 6, 1, tzinfo=UTC)
# 31 March 2027 is over in Shenzhen at 16:00 UTC.
ENDS_AT = datetime(2027, 3, 31, 16, 0, tzinfo=UTC)


def checked(text: str, trust: Trust, **other: Any) -> Standing:
    given: dict[str, Any] = {"id_number": ID_NUMBER, "purpose": PURPOSE, "now": NOW}
    return validate(text, trust=trust, **{"status_list": RevocationNotChecked(), **given, **other})


def listed(
    signer: Ed25519Signer,
    statuses: dict[int, Status] | None = None,
    *,
    now: datetime = NOW,
    number: int = 1,
    revoked_kids: frozenset[str] = frozenset(),
    **changed: Any,
) -> str:
    claims = status_lists.claims_of(
        issuer=ISSUER,
        uri=f"{ISSUER}/v1/status-lists/{number}",
        packed=status_lists.pack(statuses or {}),
        revoked_kids=revoked_kids,
        now=now,
    )
    return signer.sign_jwt(claims | changed, status_lists.TYPE)


def test_a_credential_stands_for_the_person_it_was_issued_to(
    text: str, trust: Trust, credential: Credential, production_signer: Ed25519Signer
) -> None:
    standing = checked(text, trust, status_list=listed(production_signer))

    assert standing == Standing(credential, "valid")


def test_without_a_status_list_the_answer_says_that_revocation_was_not_checked(text: str, trust: Trust) -> None:
    assert checked(text, trust).status == "not_checked"


def test_no_byte_can_be_changed(text: str, trust: Trust) -> None:
    stood = []
    for position in range(len(text)):
        for bit in range(8):
            changed = bytearray(text.encode())
            changed[position] ^= 1 << bit
            try:
                authenticate(changed.decode("latin-1"), trust)
            except CredentialRefused:
                continue
            stood.append((position, bit))

    assert len(text) > 600
    assert stood == []


def test_no_byte_can_be_left_out_doubled_or_added(text: str, trust: Trust) -> None:
    variants = [text[:i] + text[i + 1 :] for i in range(len(text))]
    variants += [text[:i] + text[i] + text[i:] for i in range(len(text))]
    variants += [text + each for each in ("=", "A", ".", ".A", "\0", text)]

    for variant in variants:
        with pytest.raises(CredentialRefused):
            authenticate(variant, trust)


def test_the_unused_bits_of_the_last_character_cannot_be_changed(text: str, trust: Trust) -> None:
    """64 bytes end with four bits that a lenient decoder ignores: the same signature in another spelling."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    first = alphabet.index(text[-1]) & 0b110000

    spellings = [text[:-1] + alphabet[first + low] for low in range(16)]

    refused = 0
    for spelling in spellings:
        if spelling != text:
            with pytest.raises(WrongSignature):
                authenticate(spelling, trust)
            refused += 1
    assert refused == 15


def test_white_space_around_a_pasted_text_does_not_matter(text: str, trust: Trust) -> None:
    assert checked(f"\n {text}\r\n", trust).credential.year == 2026


def test_alg_none_is_refused(text: str, trust: Trust) -> None:
    with pytest.raises(AlgorithmNotAllowed):
        checked(unsigned(text), trust)


def test_an_hmac_with_the_public_key_is_refused(text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    for forged in hmac_with_the_public_key(text, production_signer.jwks()["keys"][0]):
        with pytest.raises(AlgorithmNotAllowed):
            checked(forged, trust)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ed25519", "ES256", "RS256", "NONE", ""])
def test_no_other_algorithm_is_taken_even_if_the_signature_is_right(
    algorithm: str, text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    header, claims = opened(text)

    with pytest.raises(AlgorithmNotAllowed):
        checked(signed(header | {"alg": algorithm}, claims, production_signer), trust)


@pytest.mark.parametrize(
    "more",
    [
        {"crit": ["exp"]},
        {"b64": False},
        {"jwk": {"kty": "OKP"}},
        {"jku": "https://thief.example"},
        {"kid": 1},
        {"alg": None},
    ],
)
def test_a_header_with_anything_else_in_it_is_refused(
    more: dict[str, Any], text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    header, claims = opened(text)

    with pytest.raises(Unreadable):
        checked(signed(header | more, claims, production_signer), trust)


@pytest.mark.parametrize("member", ["alg", "kid", "typ"])
def test_a_header_that_lacks_something_is_refused(
    member: str, text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    header, claims = opened(text)
    del header[member]

    with pytest.raises(Unreadable):
        checked(signed(header, claims, production_signer), trust)


@pytest.mark.parametrize(
    "garbage", ["", "...", "a.b", "a.b.c", "{}", "年.年.年", "." * 5000, part({}) + "..", "bnVsbA.e30."]
)
def test_what_is_no_token_is_refused(garbage: str, trust: Trust) -> None:
    with pytest.raises(Unreadable):
        checked(garbage, trust)


def test_a_key_that_is_not_published_is_refused(text: str, tmp_path: Path, clock: HeldClock, trust: Trust) -> None:
    thief = create_key(tmp_path / "thief", "production", clock, SeededRandomness(666))
    header, claims = opened(text)
    forged = signed(header | {"kid": thief.kid}, claims, Ed25519Signer([thief], ISSUER))

    with pytest.raises(KeyUnknown):
        checked(forged, trust)


def test_another_key_under_a_published_id_is_refused(text: str, tmp_path: Path, clock: HeldClock, trust: Trust) -> None:
    thief = create_key(tmp_path / "thief", "production", clock, SeededRandomness(666))
    header, claims = opened(text)

    with pytest.raises(WrongSignature):
        checked(signed(header, claims, Ed25519Signer([thief], ISSUER)), trust)


@pytest.mark.parametrize("typ", ["JWT", "statuslist+jwt", "life-confirmation", "LIFE-CONFIRMATION+JWT", ""])
def test_another_type_is_refused(typ: str, text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    header, claims = opened(text)

    with pytest.raises(WrongType):
        checked(signed(header | {"typ": typ}, claims, production_signer), trust)


def test_a_status_list_is_no_credential(trust: Trust, production_signer: Ed25519Signer) -> None:
    with pytest.raises(WrongType):
        checked(listed(production_signer), trust)


CLAIMS = ["iss", "jti", "iat", "nbf", "exp", "aud", "year", "method", "holder", "status"]
MISSING = object()
WRONG = [MISSING, None, True, 1.5, [], {"status_list": {"idx": "1"}}]
WRONG_TEXTS = [("jti", "1"), ("method", "guess"), ("holder", "$scrypt$"), ("exp", 10**20), ("nbf", "1780000000")]


@pytest.mark.parametrize(("claim", "value"), [*((claim, value) for claim in CLAIMS for value in WRONG), *WRONG_TEXTS])
def test_a_claim_that_is_missing_or_not_as_it_must_be_is_refused(
    claim: str, value: Any, text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    header, claims = opened(text)
    claims[claim] = value
    changed = {name: each for name, each in claims.items() if each is not MISSING}

    with pytest.raises(ClaimsInvalid):
        checked(signed(header, changed, production_signer), trust)


def test_a_demo_credential_is_refused(demo_text: str, signer: Ed25519Signer) -> None:
    trust = Trust(PublicKeys.from_jwks(signer.jwks()))

    with pytest.raises(DemoCredential):
        checked(demo_text, trust)


def test_a_demonstration_accepts_it(demo_text: str, signer: Ed25519Signer) -> None:
    trust = Trust(PublicKeys.from_jwks(signer.jwks()), accepts_demo=True)

    assert checked(demo_text, trust).credential.is_demo


def test_a_demo_key_cannot_sign_what_does_not_say_demo(text: str, signer: Ed25519Signer) -> None:
    _, claims = opened(text)
    trust = Trust(PublicKeys.from_jwks(signer.jwks()), accepts_demo=True)

    with pytest.raises(ClaimsInvalid, match="demo"):
        checked(signer.sign_jwt(claims, credentials.TYPE), trust)


def test_nor_a_key_of_production_what_does(text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    _, claims = opened(text)

    with pytest.raises(ClaimsInvalid, match="demo"):
        checked(
            production_signer.sign_jwt(claims | {"demo": True}, credentials.TYPE), replace(trust, accepts_demo=True)
        )


@pytest.mark.parametrize("id_number", [OTHER_ID_NUMBER, "440304194910010025", ID_NUMBER[:-1], ""])
def test_another_persons_number_is_refused(id_number: str, text: str, trust: Trust) -> None:
    with pytest.raises(OtherPerson):
        checked(text, trust, id_number=id_number)


def test_another_person_is_told_nothing_else(text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    revoked = listed(production_signer, {70_001: Status.REVOKED})

    with pytest.raises(OtherPerson):
        checked(text, trust, id_number=OTHER_ID_NUMBER, purpose="x", now=ENDS_AT, status_list=revoked)


def test_another_purpose_is_refused(text: str, trust: Trust) -> None:
    with pytest.raises(OtherPurpose):
        checked(text, trust, purpose="elder-transit-card")


def test_a_credential_stands_to_the_last_second_of_its_last_day_in_shenzhen(
    text: str, trust: Trust, credential: Credential
) -> None:
    assert checked(text, trust, now=ENDS_AT - timedelta(seconds=1)).credential.valid_until.isoformat() == "2027-03-31"

    with pytest.raises(Expired):
        checked(text, trust, now=ENDS_AT)


def test_a_credential_stands_from_its_first_moment_and_a_minute_of_difference_between_clocks_is_forgiven(
    text: str, trust: Trust, credential: Credential
) -> None:
    assert checked(text, trust, now=credential.valid_from - timedelta(minutes=1))

    with pytest.raises(NotYetValid):
        checked(text, trust, now=credential.valid_from - timedelta(minutes=1, seconds=1))


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(Status.REVOKED, Revoked), (Status.SUSPENDED, Suspended), (Status.SUPERSEDED, Superseded)],
)
def test_what_the_status_list_names_does_not_stand(
    status: Status, refusal: type[CredentialRefused], text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    with pytest.raises(refusal):
        checked(text, trust, status_list=listed(production_signer, {70_001: status}))


def test_the_neighbours_in_the_list_do_not_matter(text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    neighbours = {index: Status.SUPERSEDED for index in range(69_990, 70_012) if index != 70_001}

    assert checked(text, trust, status_list=listed(production_signer, neighbours)).status == "valid"


def test_a_stale_status_list_is_refused(text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    yesterday = listed(production_signer, now=NOW - timedelta(days=1))

    with pytest.raises(StatusListStale):
        checked(text, trust, status_list=yesterday)
    assert checked(text, trust, status_list=yesterday, now=NOW - timedelta(seconds=1)).status == "valid"


def test_another_list_is_refused(text: str, trust: Trust, production_signer: Ed25519Signer) -> None:
    with pytest.raises(OtherStatusList):
        checked(text, trust, status_list=listed(production_signer, number=2))


Forge = Callable[[Ed25519Signer, str], str]
FORGED_LISTS: dict[str, Forge] = {
    "garbage": lambda *_: "garbage",
    "a credential": lambda _, text: text,
    "unsigned": lambda signer, _: unsigned(listed(signer)),
    "from tomorrow": lambda signer, _: listed(signer, now=NOW + timedelta(days=1)),
    "too few bits": lambda signer, _: listed(signer, status_list={"bits": 1, "lst": "eJxjYAAAAAIAAQ"}),
    "no list": lambda signer, _: listed(signer, status_list={"bits": 2}),
    "not compressed": lambda signer, _: listed(signer, status_list={"bits": 2, "lst": "AAAA"}),
    "no moment": lambda signer, _: listed(signer, exp="never"),
}


@pytest.mark.parametrize("name", sorted(FORGED_LISTS))
def test_a_status_list_that_cannot_be_relied_on_is_refused(
    name: str, text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    with pytest.raises(StatusListRefused):
        checked(text, trust, status_list=FORGED_LISTS[name](production_signer, text))


def test_a_status_list_that_does_not_reach_to_the_credential_is_refused(
    text: str, trust: Trust, production_signer: Ed25519Signer
) -> None:
    _, claims = opened(listed(production_signer))
    claims["status_list"]["lst"] = opened(
        production_signer.sign_jwt(
            status_lists.claims_of(issuer="", uri="", packed=bytes(10), revoked_kids=frozenset(), now=NOW), "x"
        )
    )[1]["status_list"]["lst"]

    with pytest.raises(ClaimsInvalid, match="status"):
        checked(text, trust, status_list=production_signer.sign_jwt(claims, status_lists.TYPE))


def test_a_revoked_key_is_known_from_a_fresh_jwks(
    text: str, tmp_path: Path, clock: HeldClock, randomness: SeededRandomness, production_signer: Ed25519Signer
) -> None:
    folder = tmp_path / "production-keys"
    create_key(folder, "production", clock, randomness)
    revoke_key(folder, production_signer.kid, clock)
    fresh = Trust(PublicKeys.from_jwks(load_signer(folder, "production", ISSUER).jwks()))

    with pytest.raises(KeyRevoked):
        checked(text, fresh)


def test_a_revoked_key_is_known_from_the_status_list_where_the_jwks_is_an_old_copy(
    text: str, tmp_path: Path, clock: HeldClock, randomness: SeededRandomness, production_signer: Ed25519Signer
) -> None:
    folder = tmp_path / "production-keys"
    clock.advance(timedelta(days=1))
    create_key(folder, "production", clock, randomness)
    old_copy = Trust(PublicKeys.from_jwks(load_signer(folder, "production", ISSUER).jwks()))
    revoke_key(folder, production_signer.kid, clock)
    newer = load_signer(folder, "production", ISSUER)
    assert checked(text, old_copy, status_list=listed(newer)).status == "valid"

    with pytest.raises(KeyRevoked):
        checked(text, old_copy, status_list=listed(newer, revoked_kids=newer.revoked_kids))


def test_a_credential_holds_neither_number_nor_name_nor_picture(text: str) -> None:
    _, claims = opened(text)

    assert claims.keys() == {"iss", "jti", "iat", "nbf", "exp", "aud", "year", "method", "holder", "status"}
    assert ID_NUMBER not in base64.urlsafe_b64decode(text.split(".")[1] + "===").decode()
