"""The keys that a validator trusts, as it read them from the service's `/.well-known/jwks.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey


class JWKSUnreadable(Exception):
    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(f"this is no set of public keys: {fault}")


@dataclass(frozen=True)
class PublicKeys:
    keys: Mapping[str, OKPKey]
    revoked: frozenset[str]

    @classmethod
    def from_json(cls, text: str | bytes) -> PublicKeys:
        """Raises JWKSUnreadable."""
        try:
            return cls.from_jwks(json.loads(text))
        except ValueError as error:
            raise JWKSUnreadable("it is not JSON") from error

    @classmethod
    def from_jwks(cls, document: Any) -> PublicKeys:
        """Keys of other kinds than Ed25519, and those without an id, are passed over. Raises JWKSUnreadable."""
        if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
            raise JWKSUnreadable("it has no list of keys")
        usable = [jwk for jwk in document["keys"] if _is_usable(jwk)]
        revoked = document.get("revoked", [])
        if not isinstance(revoked, list) or not all(isinstance(each, dict) and "kid" in each for each in revoked):
            raise JWKSUnreadable("its list of revoked keys is not one")
        return cls({jwk["kid"]: _public(jwk) for jwk in usable}, frozenset(str(each["kid"]) for each in revoked))


def _is_usable(jwk: Any) -> bool:
    return (
        isinstance(jwk, dict)
        and jwk.get("kty") == "OKP"
        and jwk.get("crv") == "Ed25519"
        and isinstance(jwk.get("kid"), str)
        and isinstance(jwk.get("x"), str)
    )


def _public(jwk: dict[str, Any]) -> OKPKey:
    # Only the public half is taken, whatever else stands there.
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": jwk["x"]})
        assert key.public_key is not None
    except (JoseError, ValueError) as error:
        raise JWKSUnreadable(f"the key {jwk['kid']} is not an Ed25519 key") from error
    return key
