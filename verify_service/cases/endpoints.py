"""Asking for a person. It needs no biometric consent: this is the way of those who give none."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from verify_service.access.callers import Caller, require
from verify_service.cases import service
from verify_service.cases.schemas import AssistanceRequest, AssistanceView
from verify_service.cases.states import CaseKind
from verify_service.kit.office import Office, office_of
from verify_service.residents import service as residents

router = APIRouter(prefix="/v1/residents", tags=["residents"])


@router.post("/{resident_ref}/assistance", status_code=201)
def ask_for_assistance(
    resident_ref: UUID,
    asked: AssistanceRequest,
    caller: Annotated[Caller, Depends(require("mobile", "registry"))],
    office: Annotated[Office, Depends(office_of)],
) -> AssistanceView:
    """Open a case for a resident who wants a person: at home, at the counter or on the telephone.

    Asking again while the case is open adds the note to it and changes neither the case nor its day.
    """
    with office.transaction() as session:
        case = service.open_case(
            session,
            office,
            kind=CaseKind.ASSISTANCE,
            resident=residents.get(session, resident_ref),
            reasons=["assistance"],
            wish=asked.kind,
            note=asked.note,
            actor=caller.actor,
        )
        return AssistanceView(case_id=case.id, due_by=case.due_by)
