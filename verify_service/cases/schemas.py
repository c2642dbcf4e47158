"""What goes over the wire for somebody who wants a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from verify_service.cases.states import Wish


class AssistanceRequest(BaseModel):
    """A resident wants a person, for whatever reason; none needs to be given."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "home_visit", "note": "她听不清，请先打电话给女儿"}]}
    )

    kind: Wish = Field(description="how the resident would like to meet somebody")
    note: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class AssistanceView(BaseModel):
    """A case is open: a person answers by that day."""

    case_id: UUID
    due_by: date
