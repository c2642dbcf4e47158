"""References: a photo is taken in, a job makes a template of it, and the template is what clips are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.biometrics.evidence import Template
from verify_service.consent import service as consents
from verify_service.enrolment.errors import PhotoYearImpossible, ReferenceExists, ReferenceUnknown
from verify_service.enrolment.photo import media_type_of
from verify_service.enrolment.records import ReferenceRecord
from verify_service.enrolment.states import STANDING, ReferenceState
from verify_service.enrolment.templates import decode
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord

Source = Literal["registry", "counter"]

EMBED_TASK = "enrolment.embed_reference"
# Portraits of before are not of the face of today, and a typed year of 202 is a slip.
EARLIEST_PHOTO_YEAR = 1950


@dataclass(frozen=True)
class Photo:
    """A photo as it was sent."""

    content: bytes = field(repr=False)
    media_type: str


def submit(
    session: Session,
    office: Office,
    resident: ResidentRecord,
    *,
    photo: bytes,
    photo_year: int | None,
    source: Source,
    actor: Actor,
) -> ReferenceRecord:
    """Take a photo in, sealed, with a job that looks at it. Nothing is decoded here.

    Raises ConsentMissing, PhotoEmpty, PhotoTypeUnsupported, PhotoYearImpossible, BiometricsErased, and ReferenceExists
    while the resident has a reference that is active or being looked at; one that was rejected is no hindrance.
    """
    consents.require(session, resident.id, "enrolment")
    media_type = media_type_of(photo)
    this_year = office.clock.today().year
    if photo_year is not None and not EARLIEST_PHOTO_YEAR <= photo_year <= this_year:
        raise PhotoYearImpossible(EARLIEST_PHOTO_YEAR, this_year)
    key = residents.biometric_key(office, resident)
    reference = _insert(session, office, resident, media_type, len(photo), photo_year, source)
    # After the row, which refuses a second photo, and before the commit: a blob without a row is swept, a row without
    # a blob would wait for ever.
    office.blobs.put(reference.photo_path, key.seal(photo, photo_place(reference.id)))
    office.queue.enqueue(session, EMBED_TASK, reference_id=str(reference.id))
    facts = {"source": source, "photo_year": photo_year, "media_type": media_type, "byte_size": len(photo)}
    log_change(session, office, "reference.submitted", actor, reference, facts)
    return reference


def latest(session: Session, resident_ref: UUID) -> ReferenceRecord:
    """The reference that was submitted last, in whatever state. Raises ReferenceUnknown."""
    rows = select(ReferenceRecord).where(ReferenceRecord.resident_ref == resident_ref)
    # Of two submitted in one moment, the one that stands.
    rows = rows.order_by(ReferenceRecord.submitted_at.desc(), ReferenceRecord.state.in_(STANDING).desc())
    found = session.scalars(rows.limit(1)).one_or_none()
    if found is None:
        raise ReferenceUnknown(resident_ref)
    return found


def active_templates(session: Session, office: Office, resident: ResidentRecord) -> list[Template]:
    """The templates that a clip of this resident is compared with; empty if there are none. Raises BiometricsErased."""
    reference = _standing(session, resident.id)
    if reference is None or reference.state != ReferenceState.ACTIVE:
        return []
    assert reference.template_sealed is not None
    assert reference.model_sha256 is not None
    key = residents.biometric_key(office, resident)
    place = template_place(reference.id, reference.model_sha256)
    return [decode(key.open(reference.template_sealed, place), reference.model_sha256)]


def has_active(session: Session, resident_ref: UUID) -> bool:
    """Whether there is a template to compare with."""
    reference = _standing(session, resident_ref)
    return reference is not None and reference.state == ReferenceState.ACTIVE


def is_pending(session: Session, resident_ref: UUID) -> bool:
    """Whether a photo waits for a worker to look at it."""
    reference = _standing(session, resident_ref)
    return reference is not None and reference.state == ReferenceState.PENDING


def has_standing_reference(session: Session, resident_ref: UUID) -> bool:
    """Whether there is a reference, or will be one unless the photo turns out to be unusable."""
    return _standing(session, resident_ref) is not None


def photo_of(session: Session, office: Office, resident: ResidentRecord) -> Photo:
    """The photo of the standing reference, opened in memory. The caller writes into the audit log who looked.

    Raises ReferenceUnknown, BiometricsErased, or BlobMissing once it was lawfully erased.
    """
    reference = _standing(session, resident.id)
    if reference is None:
        raise ReferenceUnknown(resident.id)
    key = residents.biometric_key(office, resident)
    return Photo(key.open(office.blobs.get(reference.photo_path), photo_place(reference.id)), reference.media_type)


def photo_place(reference_id: UUID) -> str:
    return f"references/{reference_id}/photo"


def template_place(reference_id: UUID, model_sha256: str) -> str:
    # The model belongs to the place: a template under another model's name cannot be opened.
    return f"references/{reference_id}/template/{model_sha256}"


def log_change(
    session: Session, office: Office, event: str, actor: Actor, reference: ReferenceRecord, facts: dict[str, Any]
) -> None:
    """Write a change of a reference into the audit log."""
    subject, ref = f"reference:{reference.id}", reference.resident_ref
    log.append(session, office, event=event, actor=actor, subject=subject, resident_ref=ref, facts=facts)


def _insert(
    session: Session,
    office: Office,
    resident: ResidentRecord,
    media_type: str,
    byte_size: int,
    photo_year: int | None,
    source: Source,
) -> ReferenceRecord:
    reference_id = office.randomness.identifier()
    values = {
        "id": reference_id,
        "resident_ref": resident.id,
        "state": ReferenceState.PENDING.value,
        "photo_path": photo_place(reference_id),
        "media_type": media_type,
        "byte_size": byte_size,
        "photo_year": photo_year,
        "source": source,
        "attempts": 0,
        "submitted_at": office.clock.now(),
    }
    # Of two photos at once, the second waits here for the first to commit, and is refused.
    taken = insert(ReferenceRecord).values(values).on_conflict_do_nothing().returning(ReferenceRecord.id)
    if session.execute(taken).scalar_one_or_none() is None:
        raise ReferenceExists(resident.id)
    return session.get_one(ReferenceRecord, reference_id)


def _standing(session: Session, resident_ref: UUID) -> ReferenceRecord | None:
    rows = select(ReferenceRecord).where(
        ReferenceRecord.resident_ref == resident_ref, ReferenceRecord.state.in_(STANDING)
    )
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()
