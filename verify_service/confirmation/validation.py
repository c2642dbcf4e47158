"""Whether a credential stands for the person who shows it. Pure: no database, no network, no clock of its own.

The procedure of docs/offline-validation.md; the code carries its numbers, and steps 1 to 5 stand in tokens.py. Each step
either says why not, by an error of refusals.py, or lets the next one look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from verify_service.confirmation import credential as credentials
from verify_service.confirmation import status_list as status_lists
from verify_service.confirmation.credential import Credential
from verify_service.confirmation.key_files import DEMO_PREFIX
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.refusals import (
    ClaimsInvalid,
    CredentialRefused,
    DemoCredential,
    Expired,
    KeyRevoked,
    NotYetValid,
    OtherPerson,
    OtherPurpose,
    OtherStatusList,
    Revoked,
    StatusListRefused,
    StatusListStale,
    Superseded,
    Suspended,
)
from verify_service.confirmation.status_list import Status, StatusList
from verify_service.confirmation.tokens import verified

# Clocks differ: what was signed up to a minute "from now" is taken as signed now.
LEEWAY = timedelta(minutes=1)

REFUSAL_OF: dict[Status, type[Revoked | Suspended | Superseded]] = {
    Status.REVOKED: Revoked,
    Status.SUSPENDED: Suspended,
    Status.SUPERSEDED: Superseded,
}


Checked = Literal["valid", "not_checked"]


@dataclass(frozen=True)
class Trust:
    """Whom a validator believes. `accepts_demo` is for demonstrations only."""

    keys: PublicKeys
    accepts_demo: bool = False


class RevocationNotChecked:
    """Given in place of a status list by who has none. What then stands may have been revoked: say so."""


@dataclass(frozen=True)
class Standing:
    """A credential that stands. `status` is `not_checked` where no status list was given."""

    credential: Credential
    status: Checked


@dataclass(frozen=True)
class Authentic:
    """A credential that this service signed; whether it stands, and for whom, is not said yet."""

    credential: Credential
    kid: str


def validate(
    text: str,
    *,
    id_number: str,
    purpose: str,
    trust: Trust,
    status_list: str | RevocationNotChecked,
    now: datetime,
) -> Standing:
    """All steps. `text` is the JWT, or what its QR code says, which is the same. Raises CredentialRefused, by cause."""
    found = identify(text, id_number, trust)
    status = require_standing(found, purpose=purpose, trust=trust, status_list=status_list, now=now)
    return Standing(found.credential, status)


def identify(text: str, id_number: str, trust: Trust) -> Authentic:
    """Steps 1 to 8: whose credential it is. To somebody else nothing more is to be told."""
    found = authenticate(text, trust)
    require_holder(found.credential, id_number)
    return found


def require_standing(
    found: Authentic, *, purpose: str, trust: Trust, status_list: str | RevocationNotChecked, now: datetime
) -> Checked:
    """Steps 9 to 12: that it stands for this purpose, now."""
    require_purpose(found.credential, purpose)
    require_time(found.credential, now)
    if isinstance(status_list, RevocationNotChecked):
        return "not_checked"
    require_status(found, status_list, trust.keys, now)
    return "valid"


def authenticate(text: str, trust: Trust) -> Authentic:
    """Steps 1 to 7: that this service signed the credential, and that it is not one of a demonstration."""
    # 1 to 5.
    signed = verified(text.strip(), typ=credentials.TYPE, keys=trust.keys, length_max=credentials.LENGTH_MAX)
    # 6. Claims: all there, each of its type.
    credential = credentials.from_claims(signed.claims)
    # 7. Demo: marked in the claims and in the key's id alike, and refused unless demonstrations are accepted.
    if credential.is_demo != signed.kid.startswith(DEMO_PREFIX):
        raise ClaimsInvalid("demo")
    if credential.is_demo and not trust.accepts_demo:
        raise DemoCredential
    return Authentic(credential, signed.kid)


def require_holder(credential: Credential, id_number: str) -> None:
    """Step 8: the person. It comes before all that tells something, so that a stranger's number is told nothing more."""
    if not credential.holder.is_to(id_number):
        raise OtherPerson


def require_purpose(credential: Credential, purpose: str) -> None:
    """Step 9."""
    if credential.purpose != purpose:
        raise OtherPurpose(purpose)


def require_time(credential: Credential, now: datetime) -> None:
    """Step 10: from `nbf` on, and before `exp` (RFC 7519 §4.1.4: at `exp` itself it no longer stands)."""
    if now + LEEWAY < credential.valid_from:
        raise NotYetValid(credential.valid_from)
    if now >= credential.expires_at:
        raise Expired(credential.expires_at)


def require_status(found: Authentic, text: str, keys: PublicKeys, now: datetime) -> None:
    """Steps 11 and 12."""
    # 11. Status list: signed by a key that counts, the list that the credential names, and fresh.
    statuses = _list_of(found, text, keys, now)
    if found.kid in statuses.revoked_kids:
        raise KeyRevoked(found.kid)
    # 12. Status: its two bits say valid.
    status = statuses.status_at(found.credential.status.index)
    if status is not Status.VALID:
        raise REFUSAL_OF[status]


def _list_of(found: Authentic, text: str, keys: PublicKeys, now: datetime) -> StatusList:
    try:
        statuses = status_lists.read(text.strip(), uri=found.credential.status.uri, keys=keys)
    except OtherStatusList:
        raise
    except CredentialRefused as error:
        raise StatusListRefused(error) from error
    if now + LEEWAY < statuses.issued_at:
        raise StatusListRefused(NotYetValid(statuses.issued_at))
    if now >= statuses.expires_at:
        raise StatusListStale(statuses.expires_at)
    return statuses
