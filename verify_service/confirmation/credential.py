"""The credential: a JWT that says for whom, for what and until when somebody was found alive. Pure.

It holds no name, no ID number and no face: the person is named by a commitment (holder.py). Its claims are described,
each, in docs/offline-validation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from verify_service.confirmation.claims import moment, typed
from verify_service.confirmation.holder import Commitment, CommitmentUnreadable
from verify_service.confirmation.refusals import ClaimsInvalid
from verify_service.confirmation.states import Method
from verify_service.kit.clock import OFFICE_ZONE

TYPE = "life-confirmation+jwt"
# Ours have about 700; a longer text is no credential and is not looked at.
LENGTH_MAX = 4096


@dataclass(frozen=True)
class StatusPlace:
    """Where the status of a credential is read: `index` in the list at `uri`."""

    uri: str
    index: int


@dataclass(frozen=True)
class Credential:
    """What a confirmation says. `expires_at` is the first moment at which it no longer stands."""

    issuer: str
    confirmation_id: UUID
    issued_at: datetime
    valid_from: datetime
    expires_at: datetime
    year: int
    purpose: str
    method: Method
    holder: Commitment
    status: StatusPlace
    is_demo: bool

    @property
    def valid_until(self) -> date:
        """The last day, at the office, on which it stands."""
        return (self.expires_at - timedelta(seconds=1)).astimezone(OFFICE_ZONE).date()

    def claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "jti": str(self.confirmation_id),
            "iat": _seconds(self.issued_at),
            "nbf": _seconds(self.valid_from),
            "exp": _seconds(self.expires_at),
            "aud": self.purpose,
            "year": self.year,
            "method": self.method.value,
            "holder": str(self.holder),
            "status": {"status_list": {"idx": self.status.index, "uri": self.status.uri}},
        }
        return claims | {"demo": True} if self.is_demo else claims


def from_claims(claims: Mapping[str, Any]) -> Credential:
    """Raises ClaimsInvalid, with the name of the first claim that is missing or not as it must be."""
    place = typed(typed(claims, "status", dict), "status_list", dict)
    return Credential(
        issuer=typed(claims, "iss", str),
        confirmation_id=_uuid(claims, "jti"),
        issued_at=moment(claims, "iat"),
        valid_from=moment(claims, "nbf"),
        expires_at=moment(claims, "exp"),
        year=typed(claims, "year", int),
        purpose=typed(claims, "aud", str),
        method=_method(claims),
        holder=_commitment(claims),
        status=StatusPlace(typed(place, "uri", str), typed(place, "idx", int)),
        is_demo=typed(claims, "demo", bool) if "demo" in claims else False,
    )


def end_of_day(day: date) -> datetime:
    """The first moment after `day` at the office, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), OFFICE_ZONE).astimezone(UTC)


def _uuid(claims: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(typed(claims, name, str))
    except ValueError as error:
        raise ClaimsInvalid(name) from error


def _method(claims: Mapping[str, Any]) -> Method:
    try:
        return Method(typed(claims, "method", str))
    except ValueError as error:
        raise ClaimsInvalid("method") from error


def _commitment(claims: Mapping[str, Any]) -> Commitment:
    try:
        return Commitment.parse(typed(claims, "holder", str))
    except CommitmentUnreadable as error:
        raise ClaimsInvalid("holder") from error


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
