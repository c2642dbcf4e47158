"""What goes over the wire for residents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from verify_service.residents.report import ImportReport, RowReport, RowStatus

EXAMPLE: dict[str, Any] = {"id_number": "440304194910010024", "name": "王秀英", "district": "440304"}


class ResidentRow(BaseModel):
    """A resident as the register tells of them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    id_number: Annotated[str, Field(max_length=64, description="18 characters, GB 11643")]
    name: Annotated[str, Field(max_length=200, description="as on the card")]
    district: Annotated[
        str, Field(max_length=20, description="6 digits of GB/T 2260 (440304 is Futian), or 9 with the street")
    ]


class ResidentView(BaseModel):
    """What the register may see again: no number and no name."""

    resident_ref: UUID
    district: str = Field(examples=["440304"])
    imported_at: datetime


class RowView(BaseModel):
    """What became of one row. `code` and `message` say what is wrong with a bad one."""

    line: int = Field(ge=1, description="number of the line in what was sent, beginning with 1", examples=[2])
    status: RowStatus
    resident_ref: UUID | None = None
    code: str | None = Field(default=None, examples=["id-number-invalid"])
    message: str | None = None


class ImportView(BaseModel):
    """What became of a file: every row that is not blank has its line here."""

    created: int
    unchanged: int
    errors: int
    rows: list[RowView]


def row_view(report: RowReport) -> RowView:
    fault = report.fault
    return RowView(
        line=report.line,
        status=report.status,
        resident_ref=report.resident_ref,
        code=fault.code if fault else None,
        message=fault.message if fault else None,
    )


def import_view(report: ImportReport) -> ImportView:
    return ImportView(
        created=report.count("created"),
        unchanged=report.count("unchanged"),
        errors=report.count("error"),
        rows=[row_view(row) for row in report.rows],
    )


def request_body() -> dict[str, Any]:
    """The three forms of a request, for OpenAPI: the endpoint reads the body itself, so as not to hold a file at once."""
    lines = [
        '{"id_number": "440304194910010024", "name": "王秀英", "district": "440304"}',
        '{"id_number": "440304193801150015", "name": "李国强", "district": "440304001"}',
    ]
    table = "id_number,name,district\n440304194910010024,王秀英,440304\n440304193801150015,李国强,440304001\n"
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": ResidentRow.model_json_schema(), "example": EXAMPLE},
                "application/x-ndjson": {"schema": {"type": "string"}, "example": "\n".join(lines)},
                "text/csv": {"schema": {"type": "string"}, "example": table},
            },
        }
    }
