"""Whether a clip repeats an earlier one that was encoded anew, cut, mirrored or given another sound (TRUST T12).

First the clip's own fingerprint is committed, then earlier ones are looked for: of two copies that two workers look at
at once, at least one finds the other. The eye has always looked before: the search saves none of its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import Integer, any_, delete, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from verify_service.biometrics.fingerprint.fingerprint import VERSION, distance, from_bytes, to_bytes
from verify_service.biometrics.fingerprint.value import Distance, Fingerprint
from verify_service.biometrics.limits import Limits
from verify_service.kit.crypto import DataKey
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord
from verify_service.verification.records import AttemptRecord, FingerprintRecord, NearDuplicateRecord

# So many of the earlier clips with the most keys in common are compared closely.
CANDIDATES_MAX = 32
# A person needs no longer list than this, and a clip that is sent over and over must not cost more each time.
REPEATS_MAX = 3


@dataclass(frozen=True)
class Repeat:
    """An earlier attempt whose clip this one repeats."""

    attempt_id: UUID
    distance: Distance


@dataclass(frozen=True)
class _Candidate:
    attempt_id: UUID
    sealed: bytes = field(repr=False)
    key: DataKey = field(repr=False)


def remember(office: Office, attempt_id: UUID, resident_ref: UUID, found: Fingerprint) -> None:
    """Store the fingerprint of an attempt's clip. A second time changes nothing. Raises BiometricsErased."""
    with office.transaction() as session:
        # Held until it is stored: an erasure at the same moment comes before, and is seen, or after, and deletes this too.
        resident = session.get_one(ResidentRecord, resident_ref, with_for_update={"read": True})
        key = residents.biometric_key(office, resident)
        values = {
            "attempt_id": attempt_id,
            "resident_ref": resident_ref,
            "version": VERSION,
            "keys": hashed(office, found.keys),
            "sealed": key.seal(to_bytes(found), _place(attempt_id)),
            "taken_at": office.clock.now(),
        }
        session.execute(insert(FingerprintRecord).values(values).on_conflict_do_nothing())


def repeats(office: Office, attempt_id: UUID, found: Fingerprint, limits: Limits) -> tuple[Repeat, ...]:
    """Other attempts, of any resident, whose clip this one repeats, at most REPEATS_MAX of those most alike.

    No transaction is open while they are compared.
    """
    with office.transaction() as session:
        candidates = _candidates(session, office, attempt_id, hashed(office, found.search_keys))
    compared = (Repeat(each.attempt_id, distance(found, _opened(each))) for each in candidates)
    return tuple(islice((each for each in compared if is_repeat(each.distance, limits)), REPEATS_MAX))


def is_repeat(apart: Distance, limits: Limits) -> bool:
    """Whether picture or sound lies within its limit; equal to it counts."""
    return apart.is_duplicate(
        picture_max=limits.near_duplicate_picture_distance_max, sound_max=limits.near_duplicate_sound_distance_max
    )


def record(session: Session, office: Office, attempt_id: UUID, found: Sequence[Repeat]) -> None:
    """Write down what an attempt's clip repeats, in the transaction that decides."""
    for repeat in found:
        values = {
            "attempt_id": attempt_id,
            "other_attempt_id": repeat.attempt_id,
            "picture_distance": repeat.distance.picture,
            "sound_distance": repeat.distance.sound,
            "found_at": office.clock.now(),
        }
        session.execute(insert(NearDuplicateRecord).values(values).on_conflict_do_nothing())


def repeats_of(session: Session, verification_id: UUID) -> list[NearDuplicateRecord]:
    """What the clips of a verification repeat, the first attempt first."""
    wanted = (
        select(NearDuplicateRecord)
        .join(AttemptRecord, AttemptRecord.id == NearDuplicateRecord.attempt_id)
        .where(AttemptRecord.verification_id == verification_id)
        .order_by(AttemptRecord.number, NearDuplicateRecord.other_attempt_id)
    )
    return list(session.scalars(wanted))


def forget(session: Session, resident_ref: UUID) -> int:
    """Delete the fingerprints of a resident whose biometrics are erased. Returns their number."""
    gone = delete(FingerprintRecord).where(FingerprintRecord.resident_ref == resident_ref)
    return len(session.execute(gone.returning(FingerprintRecord.attempt_id)).all())


def forget_before(office: Office, taken_before: datetime) -> int:
    """Delete the fingerprints that were kept for as long as they may be. Returns their number."""
    gone = delete(FingerprintRecord).where(FingerprintRecord.taken_at < taken_before)
    with office.transaction() as session:
        return len(session.execute(gone.returning(FingerprintRecord.attempt_id)).all())


def hashed(office: Office, keys: frozenset[bytes]) -> list[int]:
    """Keyed hashes of 32 bits: whoever reads the table cannot tell which picture or sound a number stands for."""
    digests = (office.vault.lookup_digest("near-duplicate", key) for key in keys)
    return sorted({int.from_bytes(digest[:4], "big", signed=True) for digest in digests})


def _candidates(session: Session, office: Office, attempt_id: UUID, keys: list[int]) -> list[_Candidate]:
    """Those with the most keys in common, of residents whose biometrics still stand."""
    if not keys:
        return []
    # The planner takes an overlap of long arrays for cheap and reads the whole table: 5 s at 20,000 rows, 20 ms by the index.
    session.execute(text("SET LOCAL enable_seqscan = off"))
    shared = func.unnest(FingerprintRecord.keys).column_valued("shared")
    sought = any_(literal(keys, ARRAY(Integer)))
    in_common = select(func.count(shared)).where(shared == sought).correlate(FingerprintRecord).scalar_subquery()
    wanted = (
        select(FingerprintRecord.attempt_id, FingerprintRecord.sealed, ResidentRecord.biometric_key)
        .join(ResidentRecord, ResidentRecord.id == FingerprintRecord.resident_ref)
        .where(FingerprintRecord.keys.overlap(keys))
        .where(FingerprintRecord.attempt_id != attempt_id, FingerprintRecord.version == VERSION)
        .where(ResidentRecord.biometric_key.is_not(None))
        .order_by(in_common.desc(), FingerprintRecord.taken_at.desc())
        .limit(CANDIDATES_MAX)
    )
    return [
        _Candidate(found, sealed, office.vault.unwrap(wrapped or ""))
        for found, sealed, wrapped in session.execute(wanted)
    ]


def _opened(candidate: _Candidate) -> Fingerprint:
    return from_bytes(candidate.key.open(candidate.sealed, _place(candidate.attempt_id)))


def _place(attempt_id: UUID) -> str:
    return f"attempts/{attempt_id}/fingerprint"
