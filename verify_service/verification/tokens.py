"""The token of a verification: the phone holds it instead of a client's secret.

It is a keyed hash of the verification's id and serial, so that nothing of it is stored, and a lost answer can be given again.
"""

from __future__ import annotations

import base64
import hmac
from uuid import UUID

from verify_service.kit.crypto import Vault

PREFIX = "vt_"


def token_for(vault: Vault, verification_id: UUID, serial: int) -> str:
    digest = vault.lookup_digest("verification-token", f"{verification_id}:{serial}")
    return PREFIX + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_token_of(vault: Vault, token: str, verification_id: UUID, serial: int) -> bool:
    return hmac.compare_digest(token.encode(), token_for(vault, verification_id, serial).encode())
