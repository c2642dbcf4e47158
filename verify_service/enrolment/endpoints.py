"""The enrolment photo over HTTP: taken in by counters and the registry, looked at by a worker."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request

from verify_service.access.callers import Caller, require
from verify_service.enrolment import service
from verify_service.enrolment.photo import BYTES_MAX, MEDIA_TYPES, announced
from verify_service.enrolment.schemas import ReferenceAccepted, ReferenceView, reference_view, status_url
from verify_service.enrolment.states import ReferenceState
from verify_service.kit.body import whole_body
from verify_service.kit.languages import chosen
from verify_service.kit.office import Office, office_of
from verify_service.residents import service as residents

router = APIRouter(prefix="/v1/residents", tags=["residents"])

Registry = Annotated[Caller, Depends(require("registry"))]
InOffice = Annotated[Office, Depends(office_of)]

PICTURE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
REQUEST_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, PICTURE)}}


async def photo_body(request: Request, caller: Registry) -> bytes:
    """The photo that was sent. It is read only after the caller was let in; `caller` is here for that order."""
    del caller
    announced(request.headers.get("content-type"))
    return await whole_body(request, BYTES_MAX)


@router.put("/{resident_ref}/reference", status_code=202, openapi_extra=REQUEST_BODY)
def send_reference(
    resident_ref: UUID,
    caller: Registry,
    office: InOffice,
    photo: Annotated[bytes, Depends(photo_body)],
    photo_year: Annotated[int | None, Query(description="the year in which it was taken", examples=[2024])] = None,
    source: Annotated[service.Source, Query(description="who took it or had it")] = "registry",
) -> ReferenceAccepted:
    """Take in the photo that this resident's clips are compared with: JPEG, PNG or WebP, up to 8 MB, as the body.

    A consent to `enrolment` comes first (`POST /v1/residents/{ref}/consents`). While a reference stands, another photo
    is refused: replacement is an approved act. `Content-Digest` (RFC 9530) is held against what arrived.
    """
    with office.transaction() as session:
        resident = residents.get(session, resident_ref)
        reference = service.submit(
            session, office, resident, photo=photo, photo_year=photo_year, source=source, actor=caller.actor
        )
        return ReferenceAccepted(
            reference_id=reference.id, state=ReferenceState(reference.state), status_url=status_url(resident_ref)
        )


@router.get("/{resident_ref}/reference", dependencies=[Depends(require("registry"))])
def read_reference(
    resident_ref: UUID, office: InOffice, accept_language: Annotated[str | None, Header()] = None
) -> ReferenceView:
    """Where the latest reference stands: pending, active, or rejected with what to do about the photo."""
    with office.transaction() as session:
        resident = residents.get(session, resident_ref)
        return reference_view(service.latest(session, resident.id), chosen(accept_language))
