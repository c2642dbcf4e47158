"""Consents over HTTP: the texts to read out, and who agreed to them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from verify_service.access.callers import Caller, caller_of, require
from verify_service.consent import service
from verify_service.consent.schemas import (
    ConsentList,
    ConsentRequest,
    ConsentTextList,
    ConsentView,
    consent_view,
    text_view,
)
from verify_service.consent.texts import ConsentPurpose, current_text, shipped_texts
from verify_service.kit.office import Office, office_of
from verify_service.residents import service as residents

router = APIRouter(prefix="/v1", tags=["consents"])

InOffice = Annotated[Office, Depends(office_of)]
MobileOrRegistry = Annotated[Caller, Depends(require("mobile", "registry"))]


@router.get("/consent-texts", dependencies=[Depends(caller_of)])
def read_consent_texts(office: InOffice) -> ConsentTextList:
    """The text in force for each purpose. It is shown and read out before anybody agrees to it."""
    today = office.clock.today()
    texts = [current_text(shipped_texts(), purpose, today) for purpose in ConsentPurpose]
    return ConsentTextList(items=[text_view(text) for text in texts if text is not None])


@router.post("/residents/{resident_ref}/consents", status_code=201)
def give_consent(resident_ref: UUID, asked: ConsentRequest, caller: MobileOrRegistry, office: InOffice) -> ConsentView:
    """Record that a resident has agreed to a purpose. Nothing biometric is taken before.

    Without consent nobody loses anything: see `POST /v1/residents/{ref}/assistance`.
    """
    with office.transaction() as session:
        resident = residents.get(session, resident_ref)
        consent = service.record(
            session, office, resident, purpose=asked.purpose, given=asked.given(), actor=caller.actor
        )
        return consent_view(consent)


@router.get("/residents/{resident_ref}/consents", dependencies=[Depends(require("mobile", "registry"))])
def read_consents(resident_ref: UUID, office: InOffice) -> ConsentList:
    """Every consent of a resident, the oldest first, withdrawn ones too."""
    with office.transaction() as session:
        resident = residents.get(session, resident_ref)
        return ConsentList(items=[consent_view(each) for each in service.history(session, resident.id)])
