"""Confirmations over HTTP: given to who may see them, taken back by staff, and what anyone needs to check them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from verify_service.access.callers import Caller, require, require_staff
from verify_service.access.rates import RateLimits, address_of, rates_of
from verify_service.confirmation import forms, qr, service
from verify_service.confirmation.errors import ConfirmationNotFound
from verify_service.confirmation.keys import Signer, signer_of
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.schemas import (
    SIGNED_LIST,
    TWO_FORMS,
    ConfirmationView,
    JWKSView,
    RevocationRequest,
    RevocationView,
)
from verify_service.confirmation.states import ConfirmationState, Method
from verify_service.confirmation.status_list import MEDIA_TYPE, TTL
from verify_service.kit.office import Office, office_of
from verify_service.residents import service as residents
from verify_service.residents.districts import contains

InOffice = Annotated[Office, Depends(office_of)]
WithSigner = Annotated[Signer, Depends(signer_of)]
Supervisor = Annotated[Caller, Depends(require_staff("supervisor"))]

MayRead = Callable[[ConfirmationRecord], bool]

same_for_all = APIRouter()

# Whoever keeps a copy no longer than this learns of a revoked key or confirmation within the same period.
PUBLIC_HEADERS = {"Cache-Control": f"public, max-age={int(TTL.total_seconds())}"}


def clients_may_read(caller: Annotated[Caller, Depends(require("mobile", "registry"))]) -> MayRead:
    """FastAPI dependency: a client that serves residents, or the registry, may read confirmations."""
    del caller
    return lambda _: True


def count_address(request: Request, rates: Annotated[RateLimits, Depends(rates_of)]) -> None:
    """FastAPI dependency for what is public: limited by address alone. Raises RateExceeded."""
    rates.count("address", address_of(request))


@same_for_all.post("/v1/confirmations/{confirmation_id}/revocation")
def revoke_confirmation(
    confirmation_id: UUID, asked: RevocationRequest, staff: Supervisor, office: InOffice
) -> RevocationView:
    """Take a confirmation back, for good. One of another district is not found."""
    with office.transaction() as session:
        confirmation = service.get(session, confirmation_id)
        resident = residents.get(session, confirmation.resident_ref)
        if not contains(staff.districts, resident.district):
            raise ConfirmationNotFound(confirmation_id)
        service.revoke(session, office, confirmation_id, reason_code=asked.reason_code, actor=staff.actor)
        return RevocationView(
            id=confirmation_id,
            state=ConfirmationState.REVOKED,
            reason_code=asked.reason_code,
            revoked_at=office.clock.now(),
        )


@same_for_all.get("/.well-known/jwks.json", dependencies=[Depends(count_address)])
def read_keys(signer: WithSigner, response: Response) -> JWKSView:
    """The public keys (RFC 7517), for who validates offline."""
    response.headers.update(PUBLIC_HEADERS)
    return JWKSView.model_validate(signer.jwks())


@same_for_all.get(
    "/v1/status-lists/{number}", response_model=None, responses=SIGNED_LIST, dependencies=[Depends(count_address)]
)
def read_status_list(
    number: Annotated[int, Path(ge=1, le=2**31 - 1)], office: InOffice, signer: WithSigner
) -> Response:
    """The status list of this moment, signed. It tells who fetches it about all, so nobody learns about whom they ask."""
    with office.transaction() as session:
        text = service.signed_status_list(session, office, signer, number)
    return Response(text, media_type=MEDIA_TYPE, headers=PUBLIC_HEADERS)


def confirmations_router(readers: Callable[..., MayRead] = clients_may_read) -> APIRouter:
    """All addresses of confirmations. `readers` is the dependency that says who may read which one.

    A higher room that knows of other readers (the holder of a verification's token) passes its own.
    """
    router = APIRouter(tags=["confirmations"])
    given_by_readers = Depends(readers)

    @router.get("/v1/confirmations/{confirmation_id}", response_model=None, responses=TWO_FORMS)
    def read_confirmation(
        confirmation_id: UUID,
        office: InOffice,
        accept: Annotated[str | None, Header(max_length=500)] = None,
        may_read: MayRead = given_by_readers,
    ) -> Response:
        """A confirmation as `application/json`, or its credential as a QR code (`image/png`)."""
        return _given(office, confirmation_id, may_read, forms.best_form(accept))

    router.include_router(same_for_all)
    return router


def _given(office: Office, confirmation_id: UUID, may_read: MayRead, form: str) -> Response:
    with office.transaction() as session:
        confirmation = service.get(session, confirmation_id)
    # Outside of a transaction: the answer may need one of its own, and nobody holds two connections.
    if not may_read(confirmation):
        raise ConfirmationNotFound(confirmation_id)
    with office.transaction() as session:
        text = service.credential_text(session, office, confirmation)
    content = _view(confirmation, text).model_dump_json() if form == forms.JSON else qr.png_of(text)
    # It names a person to who holds the number: no proxy keeps a copy.
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
    return Response(content, media_type=form, headers=headers)


def _view(confirmation: ConfirmationRecord, text: str) -> ConfirmationView:
    return ConfirmationView(
        id=confirmation.id,
        resident_ref=confirmation.resident_ref,
        purpose=confirmation.purpose,
        year=confirmation.year,
        state=ConfirmationState(confirmation.state),
        method=Method(confirmation.method),
        valid_from=confirmation.valid_from,
        valid_until=confirmation.valid_until,
        issued_at=confirmation.issued_at,
        demo=confirmation.is_demo,
        credential=text,
    )
