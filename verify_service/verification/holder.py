"""Who may act on a verification: whoever holds its own token, or the client that opened it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from verify_service.access.callers import Bearer, authenticate, caller_of, require
from verify_service.access.errors import ScopeMissing, TokenMissing, TokenUnknown
from verify_service.access.rates import RateLimits, address_of, rates_of
from verify_service.audit.actor import Actor
from verify_service.confirmation.endpoints import clients_may_read
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.kit.office import Office, office_of
from verify_service.verification.errors import VerificationNotFound
from verify_service.verification.queries import get
from verify_service.verification.records import VerificationRecord
from verify_service.verification.tokens import PREFIX, is_token_of


def holder_of(
    request: Request,
    verification_id: UUID,
    bearer: Bearer,
    office: Annotated[Office, Depends(office_of)],
    rates: Annotated[RateLimits, Depends(rates_of)],
) -> Actor:
    """FastAPI dependency. Raises TokenMissing, TokenUnknown, TokenExpired, VerificationNotFound, RateExceeded.

    An unknown id and a token of another verification look alike.
    """
    rates.count("address", address_of(request))
    if bearer is None:
        raise TokenMissing
    with office.transaction() as session:
        if bearer.credentials.startswith(PREFIX):
            return _resident(session, office, verification_id, bearer.credentials)
        return _client(session, office, verification_id, bearer.credentials)


def _resident(session: Session, office: Office, verification_id: UUID, token: str) -> Actor:
    found = session.get(VerificationRecord, verification_id)
    if found is None or not is_token_of(office.vault, token, found.id, found.token_serial):
        raise TokenUnknown
    return Actor("resident", str(found.resident_ref))


def _client(session: Session, office: Office, verification_id: UUID, token: str) -> Actor:
    caller = authenticate(session, office, token)
    if "mobile" not in caller.scopes:
        raise ScopeMissing(frozenset({"mobile"}))
    if get(session, verification_id).client_id != caller.id:
        raise VerificationNotFound(verification_id)
    return caller.actor


Holder = Annotated[Actor, Depends(holder_of)]


def confirmation_readers(
    request: Request,
    bearer: Bearer,
    office: Annotated[Office, Depends(office_of)],
    rates: Annotated[RateLimits, Depends(rates_of)],
) -> Callable[[ConfirmationRecord], bool]:
    """FastAPI dependency for confirmations: the holder of a verification's token reads the one that came of it, the app
    those of the verifications that it opened, the registry all. Raises TokenMissing, TokenUnknown, TokenExpired,
    ScopeMissing, RateExceeded.
    """
    if bearer is not None and bearer.credentials.startswith(PREFIX):
        rates.count("address", address_of(request))
        token = bearer.credentials
        return lambda confirmation: _came_of_holder(office, confirmation, token)
    caller = require("mobile", "registry")(caller_of(request, bearer, office, rates))
    if "registry" in caller.scopes:
        return clients_may_read(caller)
    return lambda confirmation: _came_of_client(office, confirmation, caller.id)


def _came_of_holder(office: Office, confirmation: ConfirmationRecord, token: str) -> bool:
    found = _origin(office, confirmation)
    return found is not None and is_token_of(office.vault, token, found.id, found.token_serial)


def _came_of_client(office: Office, confirmation: ConfirmationRecord, client_id: UUID) -> bool:
    found = _origin(office, confirmation)
    return found is not None and found.client_id == client_id


def _origin(office: Office, confirmation: ConfirmationRecord) -> VerificationRecord | None:
    """The verification that a confirmation came of; None for one that was issued at a counter."""
    if confirmation.verification_id is None:
        return None
    with office.transaction() as session:
        return session.get(VerificationRecord, confirmation.verification_id)
