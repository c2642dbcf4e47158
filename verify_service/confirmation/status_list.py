"""The status list: one signed token in which each credential has two bits, so that who validates need not ask about one.

The form of the IETF's Token Status List (draft-ietf-oauth-status-list, since 2023): who fetches the list tells nobody
which credential is being looked at. Pure.
"""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from joserfc.util import urlsafe_b64decode

from verify_service.confirmation.claims import moment
from verify_service.confirmation.key_files import base64url
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.refusals import ClaimsInvalid, OtherStatusList
from verify_service.confirmation.tokens import verified

TYPE = "statuslist+jwt"
MEDIA_TYPE = "application/statuslist+jwt"
BITS = 2
PER_BYTE = 8 // BITS
# 131,072 places: 32 KiB, of which a few hundred bytes are left once they are compressed.
ENTRIES = 1 << 17
LENGTH_MAX = 200_000
# Whoever keeps the list for this long sees a revocation at most this late; the T1 period of TRUST.
TTL = timedelta(minutes=15)
# A counter without a network may rely on its copy for a day.
LIFETIME = timedelta(days=1)


class Status(IntEnum):
    """The values of the draft, §7.1; 3 is free for each application to define."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    SUPERSEDED = 3


@dataclass(frozen=True)
class StatusList:
    """A list that has been read: whose, how old, and what it says."""

    uri: str
    issued_at: datetime
    expires_at: datetime
    revoked_kids: frozenset[str]
    packed: bytes

    def status_at(self, index: int) -> Status:
        """Raises ClaimsInvalid for an index that the list does not have: what is not listed is not valid."""
        if not 0 <= index < len(self.packed) * PER_BYTE:
            raise ClaimsInvalid("status")
        return Status((self.packed[index // PER_BYTE] >> (index % PER_BYTE * BITS)) & (1 << BITS) - 1)


def pack(statuses: Mapping[int, Status], entries: int = ENTRIES) -> bytes:
    """Two bits an entry, the first entry in the lowest bits of the first byte. Whoever is not named is valid."""
    packed = bytearray(entries // PER_BYTE)
    for index, status in statuses.items():
        packed[index // PER_BYTE] |= status << (index % PER_BYTE * BITS)
    return bytes(packed)


def claims_of(*, issuer: str, uri: str, packed: bytes, revoked_kids: frozenset[str], now: datetime) -> dict[str, Any]:
    """The claims of the list's token. `revoked_kids` is ours: so a revoked key is known where the JWKS is an old copy."""
    return {
        "iss": issuer,
        "sub": uri,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "ttl": int(TTL.total_seconds()),
        "status_list": {"bits": BITS, "lst": base64url(zlib.compress(packed, 9))},
        "revoked_kids": sorted(revoked_kids),
    }


def read(text: str, *, uri: str, keys: PublicKeys) -> StatusList:
    """The list of a token, once its signature counts and it is the list at `uri`.

    Raises what tokens.verified raises, OtherStatusList, or ClaimsInvalid. How fresh it is, the caller judges.
    """
    claims = verified(text, typ=TYPE, keys=keys, length_max=LENGTH_MAX).claims
    if claims.get("sub") != uri:
        raise OtherStatusList(uri)
    revoked = claims.get("revoked_kids")
    if not isinstance(revoked, list) or not all(isinstance(kid, str) for kid in revoked):
        raise ClaimsInvalid("revoked_kids")
    return StatusList(
        uri, moment(claims, "iat"), moment(claims, "exp"), frozenset(revoked), _unpacked(claims.get("status_list"))
    )


def _unpacked(content: Any) -> bytes:
    if not isinstance(content, dict) or content.get("bits") != BITS or not isinstance(content.get("lst"), str):
        raise ClaimsInvalid("status_list")
    try:
        inflate = zlib.decompressobj()
        packed = inflate.decompress(urlsafe_b64decode(content["lst"].encode()), ENTRIES // PER_BYTE + 1)
    except (zlib.error, binascii.Error, ValueError) as error:
        raise ClaimsInvalid("status_list") from error
    # Cut short or far too long: neither is our list.
    if not inflate.eof or len(packed) > ENTRIES // PER_BYTE:
        raise ClaimsInvalid("status_list")
    return packed
