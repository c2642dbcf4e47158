"""Rows of a verification and its attempts. Each attempt is a row of its own: evidence is never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base
from verify_service.verification.states import OPEN


class VerificationRecord(Base):
    """One resident's way to one year's confirmation for one purpose."""

    __tablename__ = "verifications"
    __table_args__ = (
        # One open verification a resident, purpose and year, whatever the code above believes.
        Index(
            "uq_verifications_open",
            "resident_ref",
            "purpose",
            "year",
            unique=True,
            postgresql_where=text("state IN (" + ", ".join(f"'{s}'" for s in sorted(OPEN)) + ")"),
        ),
        Index("ix_verifications_at_work", "state", postgresql_where=text("state IN ('uploaded', 'processing')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("clients.id"))
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consents.id"))
    purpose: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    rule_version: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    # Raised when the verification is taken up again, so that an older token stops working.
    token_serial: Mapped[int] = mapped_column(default=0)
    attempts_allowed: Mapped[int]
    attempts_used: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[str]] = mapped_column(default=list)  # for staff
    advice: Mapped[list[str]] = mapped_column(default=list)  # for the phone
    confirmation_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class AttemptRecord(Base):
    """One challenge and the clip that answers it, with what the eye measured and what was decided."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("verification_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    verification_id: Mapped[UUID] = mapped_column(ForeignKey("verifications.id"), index=True)
    number: Mapped[int]
    challenge_locale: Mapped[str] = mapped_column(String(2))
    challenge_digits: Mapped[str | None] = mapped_column(String(12))
    challenge_sentence: Mapped[str | None] = mapped_column(String(400))
    challenge_text: Mapped[str] = mapped_column(String(400))
    is_fixed_challenge: Mapped[bool] = mapped_column(default=False)  # demo only
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    clip_path: Mapped[str | None] = mapped_column(String(200), unique=True)
    clip_digest: Mapped[bytes | None]
    clip_byte_size: Mapped[int | None]
    clip_media_type: Mapped[str | None] = mapped_column(String(40))
    is_replay: Mapped[bool] = mapped_column(default=False)
    processing_starts: Mapped[int] = mapped_column(default=0)
    assessment: Mapped[dict[str, Any] | None]
    decision: Mapped[dict[str, Any] | None]
    best_frame_sealed: Mapped[bytes | None]
    decided_at: Mapped[datetime | None]


class ClipDigestRecord(Base):
    """Every clip that was ever accepted, by keyed hash: the first use wins, a second is a replay (TRUST T12)."""

    __tablename__ = "clip_digests"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"))
    verification_id: Mapped[UUID] = mapped_column(ForeignKey("verifications.id"))
    seen_at: Mapped[datetime]


class FingerprintRecord(Base):
    """What a clip is known by when it comes again altered (TRUST T12, docs/decisions/0012). It outlives the clip.

    `keys` are keyed hashes by which later clips find this one; what is compared is sealed with the resident's biometric
    key, so that erasing the resident's biometrics makes it unreadable.
    """

    __tablename__ = "fingerprints"
    __table_args__ = (
        # Without the pending list: a search would have to read it whole.
        Index("ix_fingerprints_keys", "keys", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    resident_ref: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    version: Mapped[int]
    keys: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    sealed: Mapped[bytes]
    taken_at: Mapped[datetime] = mapped_column(index=True)


class NearDuplicateRecord(Base):
    """That one attempt's clip repeats another's, and how near. Kept with the attempt: it is why a person was asked."""

    __tablename__ = "near_duplicates"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    other_attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    picture_distance: Mapped[float | None]
    sound_distance: Mapped[float | None]
    found_at: Mapped[datetime]
