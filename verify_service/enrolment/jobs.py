"""The jobs of this slice: making a template of a photo, and sweeping photos that nothing refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import procrastinate
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from verify_service.audit.actor import system
from verify_service.biometrics.evidence import Template
from verify_service.biometrics.reasons import Reason
from verify_service.consent import service as consents
from verify_service.enrolment.embedder import ReferenceEmbedder
from verify_service.enrolment.errors import PhotoUnusable
from verify_service.enrolment.records import ReferenceRecord
from verify_service.enrolment.service import EMBED_TASK, log_change, photo_place, template_place
from verify_service.enrolment.states import MOVES, ReferenceState
from verify_service.enrolment.templates import encode
from verify_service.kit.crypto import DataKey
from verify_service.kit.office import Office
from verify_service.kit.states import StateLost, move
from verify_service.residents import service as residents

WORKER = system("worker")
SWEEP_TASK = "enrolment.sweep_photos"
ORPHAN_AGE = timedelta(hours=1)
# A photo that stops its worker this often is not looked at again.
STARTS_MAX = 3


@dataclass(frozen=True)
class _Claimed:
    reference_id: UUID
    photo: bytes = field(repr=False)
    key: DataKey


def register(app: procrastinate.App, office: Office, embedder: ReferenceEmbedder) -> None:
    """Register the tasks on a worker's app."""

    @app.task(name=EMBED_TASK, queue="clips", retry=procrastinate.RetryStrategy(max_attempts=30, linear_wait=2))
    def embed(reference_id: str) -> None:
        embed_reference(office, embedder, UUID(reference_id))

    @app.periodic(cron="7,37 * * * *")
    @app.task(name=SWEEP_TASK, queue="default", queueing_lock=SWEEP_TASK)
    def sweep_photos(timestamp: int) -> None:
        sweep(office, older_than=datetime.fromtimestamp(timestamp, UTC) - ORPHAN_AGE)


def embed_reference(office: Office, embedder: ReferenceEmbedder, reference_id: UUID) -> ReferenceState:
    """Make a reference active, or reject it with the reason. Doing it again changes nothing. Returns its state.

    Raises BlobMissing if the photo is gone, and whatever stops the embedder: the job is tried again.
    """
    claimed = _claim(office, reference_id)
    if claimed is not None:
        try:
            _activate(office, claimed, embedder.embed(claimed.photo))
        except PhotoUnusable as error:
            _reject(office, reference_id, error.reason)
    return _settle(office, reference_id)


def sweep(office: Office, *, older_than: datetime) -> int:
    """Delete photos that no standing or replaced reference names: a killed API or a rejection leaves such.

    Photos younger than `older_than` stay, since their row may just be on its way. Returns how many were deleted.
    """
    paths = office.blobs.paths_before("references/", older_than)
    kept = (ReferenceState.PENDING, ReferenceState.ACTIVE, ReferenceState.REPLACED)
    named = select(ReferenceRecord.photo_path).where(
        ReferenceRecord.photo_path.in_(paths), ReferenceRecord.state.in_(kept)
    )
    with office.transaction() as session:
        known = set(session.scalars(named))
    orphans = [path for path in paths if path not in known]
    for path in orphans:
        office.blobs.delete(path)
    return len(orphans) + office.blobs.delete_torn_before("references/", older_than)


def _claim(office: Office, reference_id: UUID) -> _Claimed | None:
    """The photo, opened in memory, with this start counted; None if there is nothing to do."""
    with office.transaction() as session:
        reference = session.get_one(ReferenceRecord, reference_id)
        if reference.state != ReferenceState.PENDING:
            return None
        if reference.attempts >= STARTS_MAX:
            _rejected(session, office, reference, Reason.UNREADABLE)
            return None
        if consents.active(session, reference.resident_ref, "enrolment") is None:
            _erased(session, office, reference)
            return None
        key = residents.biometric_key(office, residents.get(session, reference.resident_ref))
    photo = key.open(office.blobs.get(reference.photo_path), photo_place(reference_id))
    # Counted only now: a store that does not answer is no fault of the photo.
    with office.transaction() as session:
        session.execute(
            update(ReferenceRecord)
            .where(ReferenceRecord.id == reference_id)
            .values(attempts=ReferenceRecord.attempts + 1)
        )
    return _Claimed(reference_id, photo, key)


def _activate(office: Office, claimed: _Claimed, template: Template) -> None:
    place = template_place(claimed.reference_id, template.model_sha256)
    values = {
        "template_sealed": claimed.key.seal(encode(template), place),
        "model_sha256": template.model_sha256,
        "decided_at": office.clock.now(),
    }
    try:
        with office.transaction() as session:
            source, target = ReferenceState.PENDING, ReferenceState.ACTIVE
            move(session, ReferenceRecord, claimed.reference_id, MOVES, source, target, **values)
            reference = session.get_one(ReferenceRecord, claimed.reference_id)
            facts = {"model_sha256": template.model_sha256}
            log_change(session, office, "reference.active", WORKER, reference, facts)
    except StateLost:
        return  # another worker was faster, or the resident withdrew: this template counts for nothing


def _reject(office: Office, reference_id: UUID, reason: str) -> None:
    try:
        with office.transaction() as session:
            _rejected(session, office, session.get_one(ReferenceRecord, reference_id), reason)
    except StateLost:
        return


def _rejected(session: Session, office: Office, reference: ReferenceRecord, reason: str) -> None:
    source, target = ReferenceState.PENDING, ReferenceState.REJECTED
    decided_at = office.clock.now()
    move(session, ReferenceRecord, reference.id, MOVES, source, target, reason=str(reason), decided_at=decided_at)
    log_change(session, office, "reference.rejected", WORKER, reference, {"reason": str(reason)})


def _erased(session: Session, office: Office, reference: ReferenceRecord) -> None:
    """The consent was withdrawn while the photo waited: nobody looks at it any more."""
    source, target = ReferenceState.PENDING, ReferenceState.ERASED
    move(session, ReferenceRecord, reference.id, MOVES, source, target, decided_at=office.clock.now())
    log_change(session, office, "reference.erased", WORKER, reference, {"because": "consent_withdrawn"})


def _settle(office: Office, reference_id: UUID) -> ReferenceState:
    """The state that came of it. A photo that was rejected or must be forgotten serves nobody and goes at once."""
    with office.transaction() as session:
        reference = session.get_one(ReferenceRecord, reference_id)
    state = ReferenceState(reference.state)
    if state in (ReferenceState.REJECTED, ReferenceState.ERASED):
        office.blobs.delete(reference.photo_path)
    return state
