"""Who signs confirmations. `Signer` is an interface: a hardware module or SM2 (some audits in China) can stand behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from joserfc import jws
from joserfc.jwk import OKPKey
from starlette.requests import HTTPConnection

from verify_service.confirmation.errors import KeyOfOtherEnvironment, NoSigningKey
from verify_service.confirmation.key_files import ALGORITHM, SigningKey, create_first_key, load_keys
from verify_service.kit.clock import Clock
from verify_service.kit.office import Environment
from verify_service.kit.randomness import Randomness


class Signer(Protocol):
    @property
    def issuer(self) -> str:
        """The service's public address, without a slash at its end: `iss` of all that is signed."""
        ...

    @property
    def kid(self) -> str:
        """The id of the key that signs now."""
        ...

    @property
    def revoked_kids(self) -> frozenset[str]:
        """Keys whose signatures no longer count."""
        ...

    def sign_jwt(self, claims: Mapping[str, Any], typ: str) -> str:
        """A compact JWT of these claims, with `alg`, `kid` and `typ` in its header and nothing else."""
        ...

    def jwks(self) -> dict[str, Any]:
        """The public keys that count (RFC 7517), and the ids of the revoked ones under `revoked`."""
        ...


@dataclass(frozen=True)
class Ed25519Signer:
    """Signs with the newest key that is not revoked; the older ones stay published, since what they signed still stands."""

    keys: Sequence[SigningKey]
    issuer: str

    def __post_init__(self) -> None:
        if not self._in_force:
            raise ValueError("a signer needs a key that is not revoked")

    @property
    def kid(self) -> str:
        return self._current.kid

    @property
    def revoked_kids(self) -> frozenset[str]:
        return frozenset(key.kid for key in self.keys if key.revoked_at)

    def sign_jwt(self, claims: Mapping[str, Any], typ: str) -> str:
        key = self._current
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": typ}
        payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=True)
        return jws.serialize_compact(header, payload, OKPKey.import_key(key.private), algorithms=[ALGORITHM])

    def jwks(self) -> dict[str, Any]:
        revoked = [{"kid": k.kid, "revoked_at": k.revoked_at.isoformat()} for k in self.keys if k.revoked_at]
        return {"keys": [key.public_jwk() for key in self._in_force], "revoked": revoked}

    @property
    def _in_force(self) -> list[SigningKey]:
        return [key for key in self.keys if key.revoked_at is None]

    @property
    def _current(self) -> SigningKey:
        return max(self._in_force, key=lambda key: (key.created_at, key.kid))


def load_signer(folder: Path, environment: Environment, issuer: str) -> Ed25519Signer:
    """The signer with all keys of a folder.

    Raises KeyOfOtherEnvironment if one of them, even an old or a revoked one, was made elsewhere than for `environment`;
    NoSigningKey; KeyFileUnreadable; KeyFileExposed.
    """
    keys = load_keys(folder)
    for key in keys:
        if key.is_demo == (environment == "production"):
            raise KeyOfOtherEnvironment(key.kid, environment)
    if all(key.revoked_at for key in keys):
        raise NoSigningKey(folder)
    return Ed25519Signer(keys, issuer.rstrip("/"))


def load_or_create_signer(
    folder: Path, environment: Environment, issuer: str, clock: Clock, randomness: Randomness
) -> Ed25519Signer:
    """Like load_signer, but outside production the first key makes itself. In production a person makes it, once."""
    if environment != "production":
        create_first_key(folder, environment, clock, randomness)
    return load_signer(folder, environment, issuer)


def signer_of(connection: HTTPConnection) -> Signer:
    """FastAPI dependency: the signer that `app.py` was built with."""
    signer: Signer = connection.app.state.signer
    return signer
