"""The form of a token: `vs_<prefix>_<secret>`. The prefix finds it and may be shown; the whole is shown once, to its holder."""

from __future__ import annotations

import re

from verify_service.kit.crypto import Vault
from verify_service.kit.randomness import Randomness

FORM = re.compile(r"vs_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")


def new_token(randomness: Randomness) -> tuple[str, str]:
    """A fresh token and its prefix."""
    prefix = randomness.bytes(4).hex()
    return f"vs_{prefix}_{randomness.token()}", prefix


def prefix_of(token: str) -> str | None:
    """The prefix of a token, or None if the text does not have a token's form."""
    found = FORM.fullmatch(token)
    return found.group(1) if found else None


def digest_of(vault: Vault, token: str) -> bytes:
    """Keyed hash: who steals the table cannot test guesses against it. The token has 256 bits, so no slow hash is needed."""
    return vault.lookup_digest("token", token)
