"""Which earlier clips a case's clip repeats, as far as the member of staff who looks may know of them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from verify_service.cases.records import CaseRecord
from verify_service.residents import service as residents
from verify_service.residents.districts import contains
from verify_service.review.schemas import NearDuplicatesView, NearDuplicateView
from verify_service.verification import near_duplicates, queries
from verify_service.verification.records import AttemptRecord, NearDuplicateRecord


def near_duplicates_of(session: Session, case: CaseRecord, districts: Collection[str] | None) -> NearDuplicatesView:
    """The earlier clips of one's own districts by their verification; of other districts only how many there are."""
    if case.verification_id is None:
        return NearDuplicatesView(seen=[], elsewhere=0)
    found = near_duplicates.repeats_of(session, case.verification_id)
    views = [_view(session, case, each, districts) for each in found]
    return NearDuplicatesView(seen=[view for view in views if view], elsewhere=views.count(None))


def _view(
    session: Session, case: CaseRecord, found: NearDuplicateRecord, districts: Collection[str] | None
) -> NearDuplicateView | None:
    other = session.get_one(AttemptRecord, found.other_attempt_id)
    verification = queries.get(session, other.verification_id)
    if not contains(districts, residents.get(session, verification.resident_ref).district):
        return None
    return NearDuplicateView(
        attempt=_number(session, found.attempt_id),
        verification_id=verification.id,
        other_attempt=other.number,
        used_at=other.used_at,
        is_same_resident=verification.resident_ref == case.resident_ref,
        picture_distance=found.picture_distance,
        sound_distance=found.sound_distance,
    )


def _number(session: Session, attempt_id: UUID) -> int:
    return session.get_one(AttemptRecord, attempt_id).number
