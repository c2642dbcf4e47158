from __future__ import annotations

from typing import Any

import pytest

from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.public_keys import JWKSUnreadable, PublicKeys


def test_keys_of_other_kinds_and_without_an_id_are_passed_over(signer: Ed25519Signer) -> None:
    jwks = signer.jwks()
    other: list[Any] = [
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "ec"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "hmac"},
        {"kty": "OKP", "crv": "Ed25519", "x": jwks["keys"][0]["x"]},
        "nothing",
    ]

    keys = PublicKeys.from_jwks({"keys": other + jwks["keys"]})

    assert set(keys.keys) == {signer.kid}
    assert keys.revoked == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"keys": {}}',
        '{"keys": [], "revoked": ["a"]}',
        '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "AAAA"}]}',
        '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "!"}]}',
    ],
)
def test_what_is_no_set_of_keys_is_refused(text: str) -> None:
    with pytest.raises(JWKSUnreadable):
        PublicKeys.from_json(text)
