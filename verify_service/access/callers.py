"""Who is calling: FastAPI dependencies that let a call in by its token's scope or its holder's role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from verify_service.access.errors import ScopeMissing, StaffOnly, TokenMissing
from verify_service.access.rates import RateLimits, address_of, rates_of
from verify_service.access.service import find_holder
from verify_service.audit.actor import Actor
from verify_service.kit.office import Office, office_of

Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, description="A token `vs_…` of a client or of a member of staff")),
]


@dataclass(frozen=True)
class Caller:
    """Who calls. A client has scopes and no role; staff have a role and no scopes. `districts` of None means all."""

    kind: Literal["client", "staff"]
    id: UUID
    name: str
    scopes: frozenset[str]
    districts: frozenset[str] | None
    role: str | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.kind, str(self.id))


def authenticate(session: Session, office: Office, token: str) -> Caller:
    """The holder of a token. Raises TokenUnknown or TokenExpired."""
    holder = find_holder(session, office, token)
    if holder.client is not None:
        client = holder.client
        return Caller("client", client.id, client.name, frozenset(client.scopes), districts=None)
    staff = holder.staff
    assert staff is not None
    districts = None if staff.districts is None else frozenset(staff.districts)
    return Caller("staff", staff.id, staff.name, frozenset(), districts, staff.role)


def caller_of(
    request: Request,
    bearer: Bearer,
    office: Annotated[Office, Depends(office_of)],
    rates: Annotated[RateLimits, Depends(rates_of)],
) -> Caller:
    """FastAPI dependency: whoever holds the token, of whatever kind. Raises TokenMissing, TokenUnknown, TokenExpired,
    RateExceeded."""
    rates.count("address", address_of(request))
    if bearer is None:
        raise TokenMissing
    with office.transaction() as session:
        caller = authenticate(session, office, bearer.credentials)
    rates.count("caller", str(caller.id))
    return caller


def require(*scopes: str) -> Callable[[Caller], Caller]:
    """FastAPI dependency: a client with one of `scopes`. Raises ScopeMissing, and what caller_of raises."""
    wanted = frozenset(scopes)

    def client_with_scope(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if not caller.scopes & wanted:
            raise ScopeMissing(wanted)
        return caller

    return client_with_scope


def require_staff(*roles: str) -> Callable[[Caller], Caller]:
    """FastAPI dependency: a named member of staff with one of `roles`, or with any if none is named. Raises StaffOnly."""
    wanted = frozenset(roles)

    def staff_with_role(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if caller.kind != "staff" or (wanted and caller.role not in wanted):
            raise StaffOnly(wanted)
        return caller

    return staff_with_role
