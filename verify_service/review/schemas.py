"""What goes over the wire for staff. Scores and reasons stand here and nowhere else: the phone never sees them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from verify_service.cases.states import CaseKind, CaseState, Wish
from verify_service.review.desk import Action
from verify_service.review.service import StaffDecision


class DecisionRequest(BaseModel):
    """What a member of staff decides. `refuse` takes effect only when a second person has said so too."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"action": "confirm", "reason_code": "same_person_seen", "note": "比对了照片和视频"},
                {"action": "retry", "reason_code": "picture_unclear", "advice": ["too_dark"]},
                {"action": "refuse", "reason_code": "other_person"},
            ]
        },
    )

    action: Action
    reason_code: Annotated[str, Field(max_length=64, description="one of the reasons of the action, see the case")]
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    advice: Annotated[list[str], Field(max_length=5, description="for the phone, with `retry` only")] = []

    @model_validator(mode="after")
    def _advice_goes_with_retry(self) -> DecisionRequest:
        if self.advice and self.action is not Action.RETRY:
            raise ValueError("advice is for the phone and goes with retry only")
        return self

    def decision(self) -> StaffDecision:
        return StaffDecision(self.action, self.reason_code, tuple(self.advice), self.note)


class Coded(BaseModel):
    """A code, and its words in the language of `Accept-Language`."""

    code: str = Field(examples=["comparison"])
    message: str = Field(examples=["Not like enough to the enrolled photo: please compare"])


class StaffView(BaseModel):
    id: UUID
    name: str


class CaseSummary(BaseModel):
    """A case as a list shows it: no name of a resident, no face."""

    case_id: UUID
    kind: CaseKind
    state: CaseState
    district: str
    reasons: list[Coded]
    wish: Wish | None
    due_by: date
    is_overdue: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    assigned_to: StaffView | None


class CaseList(BaseModel):
    """One page. `total` counts all that were asked for; `counts` by state, whichever states were asked for."""

    items: list[CaseSummary]
    total: int
    counts: dict[CaseState, int]
    next_cursor: str | None


class CheckView(BaseModel):
    name: str = Field(examples=["comparison"])
    result: Literal["pass", "fail", "inconclusive"]
    score: float | None
    limit: float | None
    reason: Coded | None
    model: str | None
    rarity: str | None = Field(
        description="of a comparison: how often two different people look so much alike, in words",
        examples=["Two different people look this much alike about once in 12,000 pairs"],
    )


class AttemptView(BaseModel):
    """One clip, what was asked, and what the machine measured on it."""

    number: int
    challenge_text: str
    used_at: datetime | None
    decided_at: datetime | None
    machine_outcome: str | None = Field(examples=["in_review"])
    checks: list[CheckView]
    clip_url: str
    best_frame_url: str | None


class NearDuplicateView(BaseModel):
    """An earlier clip that an attempt of this case repeats, altered or not."""

    attempt: int = Field(description="of this case's verification")
    verification_id: UUID = Field(description="the earlier one")
    other_attempt: int
    used_at: datetime | None
    is_same_resident: bool
    picture_distance: float | None = Field(description="0 the same movement, 1 unrelated")
    sound_distance: float | None = Field(description="0 the same, 0.5 unrelated")


class NearDuplicatesView(BaseModel):
    """`elsewhere`: how many more there are in districts whose data the reader may not see."""

    seen: list[NearDuplicateView]
    elsewhere: int


class ReviewedVerification(BaseModel):
    id: UUID
    purpose: str
    year: int
    status: str
    attempts: list[AttemptView]


class ResidentForStaff(BaseModel):
    """Who it is about: enough to call or visit, and to compare with a card."""

    resident_ref: UUID
    name: str
    birth_on: date
    id_number_tail: str = Field(description="the last four characters")


class DecisionView(BaseModel):
    number: int
    staff: StaffView
    action: Action
    reason: Coded
    advice: list[str]
    note: str | None
    decided_at: datetime


class ActionView(BaseModel):
    """An action that the case allows now, with the reasons it can have."""

    action: Action
    reasons: list[Coded]


class CaseView(CaseSummary):
    """A case with everything that is needed to decide it."""

    resident: ResidentForStaff
    note: str | None
    reference_url: str | None
    verification: ReviewedVerification | None
    near_duplicates: NearDuplicatesView
    decisions: list[DecisionView]
    actions: list[ActionView]
