"""What goes over the wire for references."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from verify_service.enrolment.advice import advice_for
from verify_service.enrolment.records import ReferenceRecord
from verify_service.enrolment.states import ReferenceState
from verify_service.kit.languages import Language


class ReferenceAccepted(BaseModel):
    """The photo is stored; a worker looks at it next."""

    reference_id: UUID
    state: ReferenceState
    status_url: str = Field(examples=["/v1/residents/5f0c1a7e-8f43-4c37-9d2b-0d8c3b0f5e11/reference"])


class PhotoAdvice(BaseModel):
    """Why a photo cannot be used, and what to do, in the language of `Accept-Language`."""

    code: str = Field(examples=["blurred"])
    message: str


class ReferenceView(BaseModel):
    """Where the latest reference of a resident stands. After `rejected`, another photo may be sent."""

    reference_id: UUID
    state: ReferenceState
    source: str = Field(examples=["counter"])
    photo_year: int | None
    submitted_at: datetime
    decided_at: datetime | None
    advice: list[PhotoAdvice] = Field(description="empty unless the photo was rejected")


def reference_view(record: ReferenceRecord, language: Language) -> ReferenceView:
    advice = [PhotoAdvice(code=record.reason, message=advice_for(record.reason, language))] if record.reason else []
    return ReferenceView(
        reference_id=record.id,
        state=ReferenceState(record.state),
        source=record.source,
        photo_year=record.photo_year,
        submitted_at=record.submitted_at,
        decided_at=record.decided_at,
        advice=advice,
    )


def status_url(resident_ref: UUID) -> str:
    return f"/v1/residents/{resident_ref}/reference"
