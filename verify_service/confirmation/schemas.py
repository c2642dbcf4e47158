"""What goes over the wire for confirmations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from verify_service.confirmation.states import ConfirmationState, Method


class RevocationReason(StrEnum):
    """Why staff take a confirmation back."""

    RESIDENT_DECEASED = "resident_deceased"
    MOVED_AWAY = "moved_away"
    OTHER_PERSON = "other_person"  # somebody else had been before the camera
    ISSUED_IN_ERROR = "issued_in_error"
    FRAUD = "fraud"


class ConfirmationView(BaseModel):
    """A confirmation and its signed credential. Both days belong to its time, at the office (UTC+8)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "3f6b1c1e-7f0b-4c1e-9d4e-5f6a7b8c9d0e",
                    "resident_ref": "0b9a7c52-9d0f-4a53-8a61-54b2c8e7f3aa",
                    "purpose": "old-age-allowance",
                    "year": 2026,
                    "state": "valid",
                    "method": "clip",
                    "valid_from": "2026-03-02",
                    "valid_until": "2027-03-31",
                    "issued_at": "2026-03-02T02:00:00Z",
                    "demo": False,
                    "credential": "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi….eyJpc3MiOi….UIqkyWTp…",
                }
            ]
        }
    )

    id: UUID
    resident_ref: UUID
    purpose: str
    year: int
    state: ConfirmationState
    method: Method
    valid_from: date
    valid_until: date
    issued_at: datetime
    demo: bool = Field(description="true for what was issued outside production; it counts nowhere")
    credential: str = Field(description="JWT; docs/offline-validation.md says how anyone can check it")


class RevocationRequest(BaseModel):
    """A reason, by its code. What else there is to say belongs into the case."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason_code": "resident_deceased"}]})

    reason_code: RevocationReason


class RevocationView(BaseModel):
    """The confirmation as it is now. The next status list says so too."""

    id: UUID
    state: ConfirmationState = Field(examples=["revoked"])
    reason_code: RevocationReason
    revoked_at: datetime


class PublicKeyView(BaseModel):
    """An Ed25519 public key (RFC 8037)."""

    kty: str = Field(examples=["OKP"])
    crv: str = Field(examples=["Ed25519"])
    x: str
    kid: str = Field(examples=["20260302-627a84fa"])
    use: str = Field(examples=["sig"])
    alg: str = Field(examples=["Ed25519"])


class RevokedKeyView(BaseModel):
    kid: str
    revoked_at: datetime


class JWKSView(BaseModel):
    """The keys whose signatures count, and those whose signatures no longer do."""

    keys: list[PublicKeyView]
    revoked: list[RevokedKeyView]


# FastAPI cannot know that one address answers in two forms.
TWO_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ConfirmationView,
        "description": "the confirmation, or its credential as a QR code",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}
SIGNED_LIST: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a JWT of the type statuslist+jwt",
        "content": {"application/statuslist+jwt": {"schema": {"type": "string"}}},
    }
}
