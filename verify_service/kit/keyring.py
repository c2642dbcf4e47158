"""The file that the vault's keys lie in: outside the database, so that a stolen backup opens nothing.

`vault.json` holds the key-encryption keys by id, which of them wraps now, and the look-up key. Rotation adds a key and
moves `current`; the old ones stay until nothing is wrapped with them. The look-up key is for good: all hashes depend on it.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from verify_service.kit.crypto import Vault
from verify_service.kit.randomness import Randomness

FILE = "vault.json"
KEY_BYTES = 32


class KeyringError(Exception):
    """The vault's keys cannot be had."""


class KeyringMissing(KeyringError):
    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"there are no keys at {path}: make them with `verify-service admin create-keys`")


class KeyringExists(KeyringError):
    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"there already are keys at {path}; what they sealed would be lost with them")


class KeyringInvalid(KeyringError):
    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        super().__init__(f"the keys at {path} cannot be used: {cause}")


def create_vault_keys(folder: Path, key_id: str, randomness: Randomness) -> None:
    """Make fresh keys in `folder`, readable by the owner alone. Raises KeyringExists: keys are never overwritten."""
    keys = {
        "current": key_id,
        "key_encryption_keys": {key_id: randomness.bytes(KEY_BYTES).hex()},
        "lookup_secret": randomness.bytes(KEY_BYTES).hex(),
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    write_secret(path, (json.dumps(keys, indent=1) + "\n").encode())


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read; it is there whole or not at all. Raises KeyringExists."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # of mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, it does not replace what another process has just made
    except FileExistsError as error:
        raise KeyringExists(path) from error
    finally:
        os.unlink(draft)


def load_vault(folder: Path, randomness: Randomness) -> Vault:
    """The vault of the keys in `folder`. Raises KeyringMissing or KeyringInvalid (also if others may read them)."""
    path = folder / FILE
    if not path.is_file():
        raise KeyringMissing(path)
    if path.stat().st_mode & 0o077:
        raise KeyringInvalid(path, "others may read the file; `chmod 600` it, and think about who may have")
    try:
        table: Any = json.loads(path.read_text("utf-8"))
        keys = {str(key_id): _secret(text) for key_id, text in table["key_encryption_keys"].items()}
        current, lookup_secret = str(table["current"]), _secret(table["lookup_secret"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        # Neither the error nor its text is passed on: it could hold a key.
        raise KeyringInvalid(path, f"it is not well formed ({type(error).__name__})") from None
    if current not in keys:
        raise KeyringInvalid(path, f"the current key {current} is not among them")
    return Vault(keys, current, lookup_secret, randomness)


def _secret(text: str) -> bytes:
    secret = bytes.fromhex(text)
    if len(secret) != KEY_BYTES:
        raise ValueError
    return secret
