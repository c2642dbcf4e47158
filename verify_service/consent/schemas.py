"""What goes over the wire for consents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from verify_service.consent.records import ConsentRecord
from verify_service.consent.service import Given, GivenBy, Helper, Purpose
from verify_service.consent.texts import ConsentText
from verify_service.kit.languages import Texts


class HelperGiven(BaseModel):
    """Who held the phone or read the text out."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    relation: Annotated[str, Field(min_length=1, max_length=40)] = "other"


class ConsentRequest(BaseModel):
    """A resident agrees to a purpose, in the words of one version of its text."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "purpose": "enrolment",
                    "text_version": "enrolment-2026-11",
                    "given_by": "resident",
                    "helper": {"name": "李国强", "relation": "son"},
                }
            ]
        },
    )

    purpose: Purpose
    text_version: Annotated[str, Field(max_length=64, description="a version of GET /v1/consent-texts")]
    given_by: GivenBy = "resident"
    helper: HelperGiven | None = None

    def given(self) -> Given:
        helper = Helper(self.helper.name, self.helper.relation) if self.helper else None
        return Given(self.text_version, self.given_by, helper)


class ConsentView(BaseModel):
    """A consent. The helper's name is shown to nobody here; that somebody helped is."""

    consent_id: UUID
    purpose: str
    text_version: str
    given_by: str
    was_helped: bool
    given_at: datetime
    withdrawn_at: datetime | None = None


class ConsentList(BaseModel):
    items: list[ConsentView]


class ConsentTextView(BaseModel):
    """One version of a purpose's text, to be shown and read out before anybody agrees."""

    purpose: str = Field(examples=["enrolment"])
    version: str = Field(examples=["enrolment-2026-11"])
    effective_on: date
    text: Texts


class ConsentTextList(BaseModel):
    items: list[ConsentTextView]


def consent_view(record: ConsentRecord) -> ConsentView:
    return ConsentView(
        consent_id=record.id,
        purpose=record.purpose,
        text_version=record.text_version,
        given_by=record.given_by,
        was_helped=record.helper_sealed is not None,
        given_at=record.given_at,
        withdrawn_at=record.withdrawn_at,
    )


def text_view(text: ConsentText) -> ConsentTextView:
    return ConsentTextView(
        purpose=text.purpose.value,
        version=text.version,
        effective_on=text.effective_on,
        text=Texts.model_validate({"zh-Hans": text.zh_hans, "zh-Hant": text.zh_hant, "en": text.en}),
    )
