"""The phone's way over HTTP: open, read the sentence, send the clip, learn what came of it, or ask for a person."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from verify_service.access.callers import Caller, require
from verify_service.access.rates import RateLimits, rates_of
from verify_service.audit.actor import Actor
from verify_service.biometrics.evidence import Challenge
from verify_service.cases import service as cases
from verify_service.cases.schemas import AssistanceRequest, AssistanceView
from verify_service.cases.states import CaseKind
from verify_service.consent import service as consents
from verify_service.kit import idempotency
from verify_service.kit.body import chunks_within, promised_sha256
from verify_service.kit.office import Office, office_of
from verify_service.kit.states import StateError
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord
from verify_service.rules.service import rule_on
from verify_service.verification import upload
from verify_service.verification.errors import VerificationError
from verify_service.verification.holder import Holder
from verify_service.verification.opening import Opening, fresh_challenge, hand_over, open_or_take_up, spoken_locale
from verify_service.verification.queries import get
from verify_service.verification.schemas import (
    ChallengeRequest,
    ChallengeView,
    ClipAccepted,
    ClipLimits,
    DemoChallenge,
    VerificationCreated,
    VerificationRequest,
    VerificationView,
)
from verify_service.verification.settings import ClipSettings, clip_settings_of
from verify_service.verification.states import AT_WORK, AWAITING_CLIP, VerificationState
from verify_service.verification.view import challenge_view, created_view, view

router = APIRouter(prefix="/v1/verifications", tags=["verifications"])

WAIT_SECONDS_MAX = 25.0
# Between two looks at a verification that somebody waits for. A look costs 3 ms of the API's CPU: forty phones in a queue,
# looked for four times a second each, would take half a core from the clips that they wait for (scripts/loadtest).
LOOK_SECONDS_MIN, LOOK_SECONDS_MAX = 0.25, 2.0
LOOK_SHARE = 0.25  # of the time that one has waited already: the answer comes at most so much later

InOffice = Annotated[Office, Depends(office_of)]
Clips = Annotated[ClipSettings, Depends(clip_settings_of)]
Mobile = Annotated[Caller, Depends(require("mobile"))]


@router.post("", status_code=201, responses={200: {"model": VerificationCreated, "description": "taken up again"}})
def open_verification(
    asked: VerificationRequest,
    response: Response,
    caller: Mobile,
    office: InOffice,
    clips: Clips,
    rates: Annotated[RateLimits, Depends(rates_of)],
    idempotency_key: Annotated[str | None, Header(max_length=128)] = None,
) -> VerificationCreated:
    """Open this year's verification of a resident, or take an open one up again (200) with a fresh token.

    The consent is recorded first. An unknown person and a wrong name get one answer.
    """
    if asked.resident is not None:
        rates.count("resident", office.vault.lookup_digest("rate", asked.resident.id_number).hex())
    digest = idempotency.request_digest(office.vault, "open_verification", asked.model_dump(mode="json"))
    with office.transaction() as session:
        key = idempotency.Key(caller.id, idempotency_key, digest) if idempotency_key else None
        before = idempotency.result_of(session, key) if key else None
        if before is not None:
            return created_view(session, office, get(session, before), _limits(clips))
        resident = _resident_of(session, office, asked)
        opened = open_or_take_up(
            session,
            office,
            resident=resident,
            rule=rule_on(office.clock.today()),
            opening=_opening(asked),
            client_id=caller.id,
            actor=caller.actor,
        )
        if key:
            idempotency.keep(session, key, result_id=opened.verification.id, now=office.clock.now())
        session.flush()
        session.refresh(opened.verification)
        response.status_code = 201 if opened.is_new else 200
        return created_view(session, office, opened.verification, _limits(clips))


@router.post("/{verification_id}/challenge", status_code=201)
def mint_challenge(
    verification_id: UUID, holder: Holder, office: InOffice, asked: ChallengeRequest | None = None
) -> ChallengeView:
    """A fresh sentence for the next attempt. It costs none: reading advice takes the time it takes."""
    with office.transaction() as session:
        verification = get(session, verification_id, for_update=True)
        chosen = _demo_challenge(asked.demo_challenge if asked else None, verification.locale)
        return challenge_view(fresh_challenge(session, office, verification, chosen, holder))


_CLIP_BODY = {
    "requestBody": {
        "required": True,
        "content": {t: {"schema": {"type": "string", "format": "binary"}} for t in upload.MEDIA_TYPES},
    }
}


@router.put("/{verification_id}/clip", status_code=202, openapi_extra=_CLIP_BODY)
async def put_clip(
    verification_id: UUID,
    request: Request,
    holder: Holder,
    office: InOffice,
    clips: Clips,
    content_type: Annotated[str | None, Header()] = None,
    content_digest: Annotated[str | None, Header(max_length=512)] = None,
) -> ClipAccepted:
    """Take the clip that answers the challenge. 202 means that it is stored and will be answered.

    The same bytes again get the same answer. Nothing of a body that is torn, too large or not as promised is kept.
    """
    kind = upload.media_type(content_type)
    promised = promised_sha256(content_digest)
    body = chunks_within(request, clips.byte_limit)
    ticket = await run_in_threadpool(_begin, office, verification_id, clips.queue_limit)
    received = await upload.receive(office, ticket, body, promised=promised)
    return await run_in_threadpool(_finish, office, ticket, received, kind, holder)


def _begin(office: Office, verification_id: UUID, queue_limit: int) -> upload.Ticket:
    with office.transaction() as session:
        return upload.begin(session, office, verification_id, queue_limit=queue_limit)


def _finish(office: Office, ticket: upload.Ticket, received: upload.Received, kind: str, actor: Actor) -> ClipAccepted:
    try:
        with office.transaction() as session:
            is_new = upload.finish(session, office, ticket, received, content_type=kind, actor=actor)
            session.expire_all()
            seen = view(session, get(session, ticket.verification_id))
    except (VerificationError, StateError):
        # Surely not stored. After any other error the commit may have gone through all the same: the sweep will know.
        upload.discard(office, ticket)
        raise
    if not is_new:
        upload.discard(office, ticket)
    return ClipAccepted(id=seen.id, status=seen.status, attempts_left=seen.attempts_left)


@router.get("/{verification_id}")
async def read_verification(
    verification_id: UUID,
    response: Response,
    holder: Holder,
    office: InOffice,
    prefer: Annotated[str | None, Header(max_length=100)] = None,
) -> VerificationView:
    """Where the verification stands. With `Prefer: wait=10` the answer comes when there is one, or after that time."""
    del holder
    wait = _seconds_to_wait(prefer)
    if wait:
        response.headers["Preference-Applied"] = f"wait={wait:g}"
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while True:
        # No connection is held between two looks.
        state, seen = await run_in_threadpool(_look, office, verification_id)
        waited = loop.time() - begun
        if state not in AT_WORK or waited >= wait:
            return seen
        await asyncio.sleep(min(pause_after(waited), wait - waited))


def pause_after(waited: float) -> float:
    """Seconds until the next look, for somebody who has waited so many."""
    return min(LOOK_SECONDS_MAX, max(LOOK_SECONDS_MIN, LOOK_SHARE * waited))


def _look(office: Office, verification_id: UUID) -> tuple[VerificationState, VerificationView]:
    with office.transaction() as session:
        verification = get(session, verification_id)
        return VerificationState(verification.state), view(session, verification)


@router.post("/{verification_id}/assistance", status_code=201)
def ask_for_a_person(
    verification_id: UUID, asked: AssistanceRequest, holder: Holder, office: InOffice
) -> AssistanceView:
    """The resident wants a person instead. A verification that awaits a clip goes to staff with it."""
    with office.transaction() as session:
        verification = get(session, verification_id, for_update=True)
        resident = residents.get(session, verification.resident_ref)
        if VerificationState(verification.state) in AWAITING_CLIP:
            hand_over(session, office, verification, resident, CaseKind.ASSISTANCE, ["assistance"], holder)
        case = cases.open_case(
            session,
            office,
            kind=CaseKind.ASSISTANCE,
            resident=resident,
            verification_id=verification.id,
            wish=asked.kind,
            note=asked.note,
            reasons=["assistance"],
            actor=holder,
        )
        return AssistanceView(case_id=case.id, due_by=case.due_by)


def _seconds_to_wait(prefer: str | None) -> float:
    """The `wait` of a Prefer header (RFC 7240), at most WAIT_SECONDS_MAX; anything else is ignored, as it says."""
    found = re.search(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])", prefer or "")
    return min(float(found.group(1)), WAIT_SECONDS_MAX) if found else 0.0


def _limits(clips: ClipSettings) -> ClipLimits:
    return ClipLimits(
        byte_size_max=clips.byte_limit,
        seconds_min=clips.seconds_min,
        seconds_max=clips.seconds_max,
        media_types=list(upload.MEDIA_TYPES),
    )


def _resident_of(session: Session, office: Office, asked: VerificationRequest) -> ResidentRecord:
    if asked.resident is not None:
        return residents.find_by_identity(session, office, asked.resident.id_number, asked.resident.name)
    assert asked.resident_ref is not None
    return residents.get(session, asked.resident_ref)


def _opening(asked: VerificationRequest) -> Opening:
    helper = asked.consent.helper
    given = consents.Given(
        text_version=asked.consent.text_version,
        given_by=asked.consent.given_by,
        helper=consents.Helper(helper.name, helper.relation) if helper else None,
    )
    locale = asked.needs.locale
    return Opening(asked.purpose, locale, given, _demo_challenge(asked.demo_challenge, locale))


def _demo_challenge(asked: DemoChallenge | None, locale: str) -> Challenge | None:
    if asked is None:
        return None
    return Challenge(locale=spoken_locale(locale), digits=asked.digits, sentence=asked.sentence)
