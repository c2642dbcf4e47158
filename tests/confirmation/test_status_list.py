from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.confirmation.examples import ISSUER
from verify_service.confirmation.key_files import base64url
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.refusals import ClaimsInvalid
from verify_service.confirmation.status_list import ENTRIES, TYPE, Status, StatusList, claims_of, pack, read

NOW = datetime(2026, 6, 1, tzinfo=UTC)
URI = f"{ISSUER}/v1/status-lists/1"


def unpacked(packed: bytes) -> StatusList:
    return StatusList(URI, NOW, NOW, frozenset(), packed)


@given(st.dictionaries(st.integers(0, ENTRIES - 1), st.sampled_from(Status)))
def test_each_entry_reads_as_it_was_written_and_all_others_are_valid(statuses: dict[int, Status]) -> None:
    statuses_read = unpacked(pack(statuses))

    for index in {0, ENTRIES - 1, *statuses, *(i + 1 for i in statuses if i + 1 < ENTRIES)}:
        assert statuses_read.status_at(index) == statuses.get(index, Status.VALID)


def test_the_first_entry_stands_in_the_lowest_bits_as_the_draft_has_it() -> None:
    """draft-ietf-oauth-status-list §4: the statuses 1, 2, 0, 3 in two bits each are the byte 0b11_00_10_01."""
    packed = pack({0: Status.REVOKED, 1: Status.SUSPENDED, 3: Status.SUPERSEDED}, entries=4)

    assert packed == bytes([0b11001001])


@pytest.mark.parametrize("index", [-1, ENTRIES, 10**9])
def test_what_is_not_in_the_list_has_no_status(index: int) -> None:
    with pytest.raises(ClaimsInvalid):
        unpacked(pack({})).status_at(index)


def test_a_signed_list_reads_as_it_was_made(production_signer: Ed25519Signer) -> None:
    packed = pack({5: Status.REVOKED, 131_071: Status.SUSPENDED})
    claims = claims_of(issuer=ISSUER, uri=URI, packed=packed, revoked_kids=frozenset({"a"}), now=NOW)
    text = production_signer.sign_jwt(claims, TYPE)

    found = read(text, uri=URI, keys=PublicKeys.from_jwks(production_signer.jwks()))

    assert found == StatusList(URI, NOW, NOW + timedelta(days=1), frozenset({"a"}), packed)
    assert claims["ttl"] == 900


def test_a_list_of_forty_thousand_people_with_some_deaths_is_small(production_signer: Ed25519Signer) -> None:
    # One in twenty of a district's 40,000, spread over the list.
    statuses = {index * 61 % ENTRIES: Status.REVOKED for index in range(2000)}
    claims = claims_of(issuer=ISSUER, uri=URI, packed=pack(statuses), revoked_kids=frozenset(), now=NOW)

    assert len(production_signer.sign_jwt(claims, TYPE)) < 10_000


@pytest.mark.parametrize(
    "packed",
    [zlib.compress(bytes(10**7)), zlib.compress(bytes(ENTRIES // 4))[:-4], b"", zlib.compress(bytes(ENTRIES // 4 + 1))],
)
def test_a_bomb_and_a_torn_list_are_refused(packed: bytes, production_signer: Ed25519Signer) -> None:
    claims = claims_of(issuer=ISSUER, uri=URI, packed=b"", revoked_kids=frozenset(), now=NOW)
    claims["status_list"]["lst"] = base64url(packed)
    text = production_signer.sign_jwt(claims, TYPE)

    with pytest.raises(ClaimsInvalid):
        read(text, uri=URI, keys=PublicKeys.from_jwks(production_signer.jwks()))


@pytest.mark.parametrize("revoked", [None, "kid", [1]])
def test_a_list_that_does_not_name_the_revoked_keys_is_refused(
    revoked: object, production_signer: Ed25519Signer
) -> None:
    claims = claims_of(issuer=ISSUER, uri=URI, packed=pack({}), revoked_kids=frozenset(), now=NOW)
    text = production_signer.sign_jwt(claims | {"revoked_kids": revoked}, TYPE)

    with pytest.raises(ClaimsInvalid, match="revoked_kids"):
        read(text, uri=URI, keys=PublicKeys.from_jwks(production_signer.jwks()))
