"""The clip on its way in: judged at its first byte, sealed while it arrives, acknowledged once it and its job are stored."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from verify_service.audit import log as audit
from verify_service.audit.actor import Actor
from verify_service.kit.body import DigestDiffers
from verify_service.kit.crypto import DataKey
from verify_service.kit.office import Office
from verify_service.kit.states import move
from verify_service.residents import service as residents
from verify_service.verification.errors import (
    ChallengeExpired,
    ChallengeUsed,
    ClipEmpty,
    QueueFull,
    UnsupportedClipType,
    WrongState,
)
from verify_service.verification.queries import attempts_with_clip, clips_at_work, current_attempt, get
from verify_service.verification.records import AttemptRecord, ClipDigestRecord, VerificationRecord
from verify_service.verification.states import AWAITING_CLIP, MOVES, VerificationState, status_of

MEDIA_TYPES = ("video/mp4", "video/quicktime", "video/webm")
ASSESS_TASK = "verification.assess_clip"


@dataclass(frozen=True)
class Ticket:
    """The right to upload one clip for one attempt. `known_digests`: clips already accepted for this verification.

    `key` is None where no new clip is awaited: then the body is only hashed, to see whether it is a repeated one.
    """

    verification_id: UUID
    attempt_id: UUID | None
    path: str
    place: str
    key: DataKey | None
    known_digests: frozenset[bytes]
    refusal: Exception | None


@dataclass(frozen=True)
class Received:
    """A body that arrived whole: its keyed hash and its size."""

    digest: bytes
    byte_size: int


def media_type(content_type: str | None) -> str:
    """The bare media type of a header. Raises UnsupportedClipType."""
    bare = (content_type or "").partition(";")[0].strip().lower()
    if bare not in MEDIA_TYPES:
        raise UnsupportedClipType
    return bare


def begin(session: Session, office: Office, verification_id: UUID, *, queue_limit: int) -> Ticket:
    """Judge at the first byte whether a clip may come. Raises QueueFull; other refusals wait until the body is known,
    since the same bytes sent again get the same answer.
    """
    verification = get(session, verification_id)
    known = frozenset(a.clip_digest for a in attempts_with_clip(session, verification_id) if a.clip_digest)
    attempt = current_attempt(session, verification_id)
    refusal = _refusal(office, verification, attempt)
    if refusal is None and clips_at_work(session) >= queue_limit:
        raise QueueFull
    if refusal is not None or attempt is None:
        return Ticket(verification_id, None, "", "", None, known, refusal or ChallengeUsed())
    key = residents.biometric_key(office, residents.get(session, verification.resident_ref))
    path = f"clips/{verification_id}/{attempt.id}-{office.randomness.identifier()}"
    return Ticket(verification_id, attempt.id, path, clip_place(attempt.id), key, known, None)


def _refusal(office: Office, verification: VerificationRecord, attempt: AttemptRecord | None) -> Exception | None:
    state = VerificationState(verification.state)
    if state not in AWAITING_CLIP:
        return WrongState(status_of(state))
    if attempt is None or attempt.used_at is not None:
        return ChallengeUsed()
    if office.clock.now() > attempt.expires_at:
        return ChallengeExpired()
    return None


def clip_place(attempt_id: UUID) -> str:
    """The associated data under which an attempt's clip is sealed."""
    return f"attempts/{attempt_id}/clip"


async def receive(office: Office, ticket: Ticket, body: AsyncIterator[bytes], *, promised: bytes | None) -> Received:
    """Hash, count, seal and store a body while it arrives. If anything is raised, nothing of it is left.

    Raises ClipEmpty, DigestDiffers, and whatever `body` raises: a cap, a torn connection.
    """
    count = _Count()
    try:
        if ticket.key is None:
            async for _ in count.through(body):
                pass
        else:
            await office.blobs.put_stream(ticket.path, _sealed(ticket.key, ticket.place, count.through(body)))
        if count.byte_size == 0:
            raise ClipEmpty
        if promised is not None and promised != count.sha256.digest():
            raise DigestDiffers
    except BaseException:
        discard(office, ticket)
        raise
    return Received(office.vault.lookup_digest("clip", count.sha256.digest()), count.byte_size)


def discard(office: Office, ticket: Ticket) -> None:
    if ticket.key is not None:
        office.blobs.delete(ticket.path)


class _Count:
    """Counts and hashes a body that passes through."""

    def __init__(self) -> None:
        self.sha256, self.byte_size = hashlib.sha256(), 0

    async def through(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in body:
            self.byte_size += len(chunk)
            self.sha256.update(chunk)
            yield chunk


async def _sealed(key: DataKey, place: str, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    sealer = key.sealer(place)
    async for chunk in body:
        for sealed in sealer.update(chunk):
            yield sealed
    for sealed in sealer.finish():
        yield sealed


def finish(
    session: Session, office: Office, ticket: Ticket, received: Received, *, content_type: str, actor: Actor
) -> bool:
    """Store the clip's row, the state and the job in one transaction. False if these bytes were accepted before.

    Of many uploads for one challenge exactly one wins. Raises the ticket's refusal, ChallengeUsed or StateLost.
    """
    if received.digest in ticket.known_digests:
        return False
    if ticket.refusal is not None or ticket.attempt_id is None:
        raise ticket.refusal or ChallengeUsed()
    won = session.execute(
        update(AttemptRecord)
        .where(AttemptRecord.id == ticket.attempt_id, AttemptRecord.used_at.is_(None))
        .values(
            used_at=office.clock.now(),
            clip_path=ticket.path,
            clip_digest=received.digest,
            clip_byte_size=received.byte_size,
            clip_media_type=content_type,
        )
        .returning(AttemptRecord.id)
    ).scalar_one_or_none()
    if won is None:
        _require_same_clip(session, ticket.attempt_id, received)
        return False
    verification = get(session, ticket.verification_id, for_update=True)
    _store(session, office, verification, ticket, received, actor)
    return True


def _require_same_clip(session: Session, attempt_id: UUID, received: Received) -> None:
    """Somebody was faster. If it was the same clip (a phone that sent it twice), that is no error."""
    winner = session.execute(select(AttemptRecord.clip_digest).where(AttemptRecord.id == attempt_id)).scalar_one()
    if winner != received.digest:
        raise ChallengeUsed


def _store(
    session: Session, office: Office, verification: VerificationRecord, ticket: Ticket, received: Received, actor: Actor
) -> None:
    state = VerificationState(verification.state)
    if state not in AWAITING_CLIP:
        raise WrongState(status_of(state))
    move(
        session,
        VerificationRecord,
        verification.id,
        MOVES,
        state,
        VerificationState.UPLOADED,
        attempts_used=verification.attempts_used + 1,
        advice=[],
        reasons=[],
    )
    is_replay = not _is_first_use(session, office, ticket, received)
    session.execute(update(AttemptRecord).where(AttemptRecord.id == ticket.attempt_id).values(is_replay=is_replay))
    office.queue.enqueue(session, ASSESS_TASK, queue="clips", attempt_id=str(ticket.attempt_id))
    audit.append(
        session,
        office,
        event="verification.uploaded",
        actor=actor,
        subject=f"verification:{verification.id}",
        resident_ref=verification.resident_ref,
        facts={"attempt": str(ticket.attempt_id), "byte_size": received.byte_size},
    )


def _is_first_use(session: Session, office: Office, ticket: Ticket, received: Received) -> bool:
    """Whether these bytes come for the first time, to whatever verification (TRUST T12)."""
    values = {
        "digest": received.digest,
        "attempt_id": ticket.attempt_id,
        "verification_id": ticket.verification_id,
        "seen_at": office.clock.now(),
    }
    statement = insert(ClipDigestRecord).values(values).on_conflict_do_nothing().returning(ClipDigestRecord.digest)
    return session.execute(statement).scalar_one_or_none() is not None
