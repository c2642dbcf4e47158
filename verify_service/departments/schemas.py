"""What a department asks and is told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from verify_service.confirmation.credential import LENGTH_MAX

Text = Annotated[str, Field(min_length=1, max_length=LENGTH_MAX)]

TEXT_EXAMPLE = "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi….eyJpc3MiOi….UIqkyWTp…"


class ValidationRequest(BaseModel):
    """Either the credential or what was read from its QR code, the ID number of the card that was shown, and what for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"credential": TEXT_EXAMPLE, "id_number": "440304194910010024", "purpose": "old-age-allowance"}
            ]
        },
    )

    credential: Text | None = None
    qr_text: Text | None = None
    id_number: Annotated[str, Field(min_length=1, max_length=64)]
    purpose: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]

    @model_validator(mode="after")
    def _is_shown_once(self) -> Self:
        if (self.credential is None) == (self.qr_text is None):
            raise ValueError("give either credential or qr_text")
        return self

    @property
    def text(self) -> str:
        text = self.credential or self.qr_text
        assert text is not None
        return text


class ValidationView(BaseModel):
    """`stands` only where everything is right. If the person is another, nothing else is told but `reason`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "stands": True,
                    "matches_person": True,
                    "reason": None,
                    "year": 2026,
                    "valid_until": "2027-03-31",
                    "method": "clip",
                    "status": "valid",
                    "pseudonym": "b3c0d8a2f5e94c7e9a1d2f3b4c5d6e7f",
                },
                {
                    "stands": False,
                    "matches_person": False,
                    "reason": "other_person",
                    "year": None,
                    "valid_until": None,
                    "method": None,
                    "status": None,
                    "pseudonym": None,
                },
            ]
        }
    )

    stands: bool
    matches_person: bool
    reason: str | None = Field(description="why it does not stand; the words are in docs/offline-validation.md")
    year: int | None
    valid_until: date | None = Field(description="its last day, at the office (UTC+8)")
    method: str | None
    status: str | None
    pseudonym: str | None = Field(description="the resident's name for this client alone, always the same")
