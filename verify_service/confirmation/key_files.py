"""Signing keys at rest: one JWK (RFC 7517, RFC 8037) a file, mode 0600, outside the database and its backups.

Keys made outside production carry `demo-` before their id, so that who validates sees it even without the service.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verify_service.confirmation.errors import KeyFileExposed, KeyFileUnreadable, NoSuchKey
from verify_service.kit.clock import Clock
from verify_service.kit.office import Environment
from verify_service.kit.randomness import Randomness

ALGORITHM = "Ed25519"
DEMO_PREFIX = "demo-"
PATTERN = "signing-*.jwk"
SECRET_BYTES = 32


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key pair. A revoked key signs nothing, and nothing that it signed stands any more."""

    kid: str
    secret: bytes = field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def is_demo(self) -> bool:
        return self.kid.startswith(DEMO_PREFIX)

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def public_jwk(self) -> dict[str, str]:
        public = base64url(self.private.public_key().public_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": self.kid, "use": "sig", "alg": ALGORITHM}


def create_key(folder: Path, environment: Environment, clock: Clock, randomness: Randomness) -> SigningKey:
    """A new key, written into `folder`. From the next start on it signs; older ones still validate what they signed."""
    secret, created_at = randomness.bytes(SECRET_BYTES), clock.now()
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    # Day and print of the public key: told apart at a glance, never the same twice.
    name = f"{created_at:%Y%m%d}-{hashlib.sha256(public).hexdigest()[:8]}"
    key = SigningKey(name if environment == "production" else DEMO_PREFIX + name, secret, created_at)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder, key)
    return key


def create_first_key(folder: Path, environment: Environment, clock: Clock, randomness: Randomness) -> None:
    """Make a key unless there is one. Of several processes that start together, one makes it and all find it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".signing.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not load_keys(folder):
            create_key(folder, environment, clock, randomness)


def load_keys(folder: Path) -> tuple[SigningKey, ...]:
    """All keys of a folder, oldest first. Raises KeyFileUnreadable or KeyFileExposed."""
    keys = [_read(path) for path in sorted(folder.glob(PATTERN))]
    return tuple(sorted(keys, key=lambda key: (key.created_at, key.kid)))


def revoke_key(folder: Path, kid: str, clock: Clock) -> SigningKey:
    """Revoke a stolen key: from the next start on, nothing that it signed stands. Raises NoSuchKey."""
    found = next((key for key in load_keys(folder) if key.kid == kid), None)
    if found is None:
        raise NoSuchKey(kid)
    revoked = SigningKey(found.kid, found.secret, found.created_at, found.revoked_at or clock.now())
    _write(folder, revoked)
    return revoked


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _write(folder: Path, key: SigningKey) -> None:
    content: dict[str, Any] = key.public_jwk() | {"d": base64url(key.secret), "created_at": key.created_at.isoformat()}
    if key.revoked_at:
        content["revoked_at"] = key.revoked_at.isoformat()
    path = folder / f"signing-{key.kid}.jwk"
    # Written aside and renamed: a torn write must not cost the key.
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _read(path: Path) -> SigningKey:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyFileExposed(path, mode)
    try:
        content = json.loads(path.read_text("utf-8"))
        revoked = content.get("revoked_at")
        key = SigningKey(
            content["kid"],
            base64.urlsafe_b64decode(content["d"] + "="),
            datetime.fromisoformat(content["created_at"]),
            datetime.fromisoformat(revoked) if revoked else None,
        )
        if key.public_jwk()["x"] != content["x"]:
            raise ValueError("its public half does not belong to its secret half")
    except KeyError as error:
        raise KeyFileUnreadable(path, f"the member {error} is missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise KeyFileUnreadable(path, str(error)) from error
    return key
