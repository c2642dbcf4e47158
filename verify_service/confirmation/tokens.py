"""Reading a signed token of this service: the first five steps of the procedure in docs/offline-validation.md.

Credentials and status lists are both such tokens. Pure: keys come in, nothing is looked up.
"""

from __future__ import annotations

import binascii
import json
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from verify_service.confirmation.key_files import ALGORITHM
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.refusals import (
    AlgorithmNotAllowed,
    KeyRevoked,
    KeyUnknown,
    Unreadable,
    WrongSignature,
    WrongType,
)

HEADER_MEMBERS = {"alg", "kid", "typ"}


@dataclass(frozen=True)
class SignedClaims:
    kid: str
    claims: dict[str, Any]


def verified(text: str, *, typ: str, keys: PublicKeys, length_max: int) -> SignedClaims:
    """The claims of a token whose signature counts. `length_max` in characters.

    Raises, in this order, Unreadable, AlgorithmNotAllowed, KeyRevoked, KeyUnknown, WrongSignature, WrongType.
    """
    # 1. Parse: three parts, a header with exactly the members alg, kid and typ.
    header = _header(text, length_max)
    # 2. Algorithm: one is allowed. What the header asks for chooses nothing (no `none`, no HMAC with a public key).
    if header["alg"] != ALGORITHM:
        raise AlgorithmNotAllowed(header["alg"])
    # 3. Key: among the published ones, and not revoked.
    kid = header["kid"]
    if kid in keys.revoked:
        raise KeyRevoked(kid)
    if kid not in keys.keys:
        raise KeyUnknown(kid)
    # 4. Signature, over the very characters that were shown.
    try:
        payload = jws.deserialize_compact(text, keys.keys[kid], algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError) as error:
        raise WrongSignature(kid) from error
    # 5. Type: a status list is not a credential, though the same key signs both.
    if header["typ"] != typ:
        raise WrongType(typ)
    return SignedClaims(kid, _object(payload or b"", "its claims"))


def _header(text: str, length_max: int) -> dict[str, str]:
    if len(text) > length_max:
        raise Unreadable(f"it is longer than {length_max} characters")
    parts = text.split(".")
    if not text.isascii() or len(parts) != 3:
        raise Unreadable("it does not have three parts separated by dots")
    try:
        header = _object(urlsafe_b64decode(parts[0].encode()), "its header")
    except binascii.Error as error:
        raise Unreadable("its header is not base64url") from error
    if set(header) != HEADER_MEMBERS or not all(isinstance(value, str) for value in header.values()):
        raise Unreadable("its header has other members than alg, kid and typ")
    return header


def _object(content: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{what} are not JSON" if what.endswith("s") else f"{what} is not JSON") from error
    if not isinstance(found, dict):
        raise Unreadable(f"{what}: a JSON object is expected")
    return found
