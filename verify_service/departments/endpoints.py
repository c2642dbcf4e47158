"""The one question that other departments may put, over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends

from verify_service.access.callers import Caller, require
from verify_service.access.rates import RateLimits, rates_of
from verify_service.confirmation.keys import Signer, signer_of
from verify_service.departments import service
from verify_service.departments.schemas import ValidationRequest, ValidationView
from verify_service.departments.service import Question
from verify_service.kit.office import Office, office_of

router = APIRouter(tags=["departments"])


@router.post("/v1/confirmations/validate")
def validate_confirmation(
    asked: ValidationRequest,
    caller: Annotated[Caller, Depends(require("validate"))],
    office: Annotated[Office, Depends(office_of)],
    signer: Annotated[Signer, Depends(signer_of)],
    rates: Annotated[RateLimits, Depends(rates_of)],
) -> ValidationView:
    """Whether a credential stands for the person whose card is shown. Whatever is wrong with it is an answer, not an error.

    Every question about a known confirmation is written down for the resident to read.
    """
    # By number, and by credential: neither can be held while the other is tried through (threat T9).
    for shown in (asked.id_number, asked.text.strip()):
        rates.count("resident", office.vault.lookup_digest("validation-rate", shown).hex())
    with office.transaction() as session:
        question = Question(asked.text, asked.id_number, asked.purpose)
        return ValidationView(**asdict(service.validate(session, office, signer, caller, question)))
