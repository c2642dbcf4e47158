"""What goes over the wire for a verification (DESIGN §5). No score and no name of a check ever stands here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from verify_service.verification.states import Status


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ResidentIdentity(_Body):
    id_number: Annotated[str, Field(min_length=1, max_length=32, description="18 characters, GB 11643")]
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Helper(_Body):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    relation: Annotated[str, Field(min_length=1, max_length=40)] = "other"


class ConsentGiven(_Body):
    text_version: Annotated[str, Field(max_length=64)]
    given_by: Literal["resident", "guardian", "counter"] = "resident"
    helper: Helper | None = None


class Needs(_Body):
    locale: Literal["zh-Hans", "zh-Hant", "en"] = "zh-Hans"


class DemoChallenge(_Body):
    """A challenge chosen by the caller. Refused everywhere but in the demo environment."""

    digits: Annotated[str, Field(pattern=r"^[0-9]{4,6}$")] | None = None
    sentence: Annotated[str, Field(min_length=10, max_length=400)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> DemoChallenge:
        if (self.digits is None) == (self.sentence is None):
            raise ValueError("give either digits or a sentence")
        return self


class VerificationRequest(_Body):
    """Who shall be recognised, for what, and under which consent."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "resident": {"id_number": "440304194910010024", "name": "王秀英"},
                    "purpose": "old-age-allowance",
                    "consent": {"text_version": "verification-2026-11", "given_by": "resident"},
                    "needs": {"locale": "zh-Hans"},
                }
            ]
        },
    )

    resident: ResidentIdentity | None = None
    resident_ref: UUID | None = None
    purpose: Annotated[str, Field(min_length=1, max_length=64)]
    consent: ConsentGiven
    needs: Needs = Field(default_factory=Needs)
    demo_challenge: DemoChallenge | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> VerificationRequest:
        if (self.resident is None) == (self.resident_ref is None):
            raise ValueError("name the resident either by identity or by reference")
        return self


class ChallengeRequest(_Body):
    demo_challenge: DemoChallenge | None = None


class ChallengeView(BaseModel):
    kind: Literal["digits", "sentence"]
    text: str = Field(examples=["我是本人，请读：五 八 三 六"])
    digits: str | None = None
    audio_url: str | None = Field(default=None, description="null until voices exist")
    expires_at: datetime


class ClipLimits(BaseModel):
    byte_size_max: int
    seconds_min: float
    seconds_max: float
    media_types: list[str]


class AdviceView(BaseModel):
    code: str
    message: str
    say_url: str | None = Field(default=None, description="null until voices exist")


class ReviewView(BaseModel):
    due_by: date


class VerificationView(BaseModel):
    """Where a verification stands."""

    id: UUID
    status: Status
    purpose: str
    year: int
    attempts_left: int
    rule_version: str
    advice: list[AdviceView] = []
    confirmation_id: UUID | None = None
    review: ReviewView | None = None


class VerificationCreated(VerificationView):
    """A verification as it is opened or taken up again, with its token and challenge."""

    token: str = Field(description="bearer token of this verification alone")
    challenge: ChallengeView | None = Field(description="null where no clip is awaited")
    limits: ClipLimits


class ClipAccepted(BaseModel):
    """The clip is stored; nothing of it can be lost from here on."""

    id: UUID
    status: Status
    attempts_left: int
