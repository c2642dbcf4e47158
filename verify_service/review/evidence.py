"""Faces and voices for the member of staff who decides. Every look is written into the audit log, with who looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from verify_service.access.callers import Caller
from verify_service.audit import log
from verify_service.cases import queries as cases
from verify_service.cases.records import CaseRecord
from verify_service.enrolment import service as enrolment
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.review.errors import EvidenceMissing
from verify_service.verification import service as verifications
from verify_service.verification.records import AttemptRecord


@dataclass(frozen=True)
class Shown:
    """A picture or a clip, opened for one look."""

    content: bytes = field(repr=False)
    media_type: str


def reference(session: Session, office: Office, staff: Caller, case_id: UUID) -> Shown:
    """The enrolment photo of the case's resident. Raises CaseUnknown, ReferenceUnknown, or BlobMissing once erased."""
    case = cases.get(session, case_id, staff.districts)
    photo = enrolment.photo_of(session, office, residents.get(session, case.resident_ref))
    _log(session, office, staff, case, {"what": "reference"})
    return Shown(photo.content, photo.media_type)


def clip(session: Session, office: Office, staff: Caller, case_id: UUID, number: int | None) -> Shown:
    """The clip of an attempt, by default the latest. Raises CaseUnknown, EvidenceMissing, or BlobMissing once erased."""
    case = cases.get(session, case_id, staff.districts)
    attempt = _attempt(session, case, number, "clip")
    content = verifications.clip_of(session, office, attempt)
    _log(session, office, staff, case, {"what": "clip", "attempt": attempt.number})
    return Shown(content, attempt.clip_media_type or "application/octet-stream")


def best_frame(session: Session, office: Office, staff: Caller, case_id: UUID, number: int | None) -> Shown:
    """The best frame of an attempt, by default the latest. Raises CaseUnknown or EvidenceMissing."""
    case = cases.get(session, case_id, staff.districts)
    attempt = _attempt(session, case, number, "best_frame")
    content = verifications.best_frame_of(session, office, attempt)
    if content is None:
        raise EvidenceMissing("best_frame")
    _log(session, office, staff, case, {"what": "best_frame", "attempt": attempt.number})
    return Shown(content, "image/jpeg")


def _attempt(session: Session, case: CaseRecord, number: int | None, what: str) -> AttemptRecord:
    attempts = verifications.attempts_of(session, case.verification_id) if case.verification_id else []
    wanted = [attempt for attempt in attempts if number in (None, attempt.number)]
    if not wanted:
        raise EvidenceMissing(what)
    return wanted[-1]


def _log(session: Session, office: Office, staff: Caller, case: CaseRecord, facts: Mapping[str, Any]) -> None:
    log.append(
        session,
        office,
        event="face.seen",
        actor=staff.actor,
        subject=f"case:{case.id}",
        resident_ref=case.resident_ref,
        facts=facts,
    )
