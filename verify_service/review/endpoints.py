"""The desk over HTTP: cases of one's own districts, their evidence, and decisions by named staff."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from verify_service.access.callers import Caller, require_staff
from verify_service.cases import queries as cases
from verify_service.cases.queries import Wanted
from verify_service.cases.states import CaseState
from verify_service.confirmation.keys import Signer, signer_of
from verify_service.kit.languages import Language, chosen
from verify_service.kit.office import Office, office_of
from verify_service.kit.pagination import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, Key
from verify_service.review import evidence, service
from verify_service.review.evidence import Shown
from verify_service.review.schemas import CaseList, CaseView, DecisionRequest
from verify_service.review.view import names_of, summary, view

router = APIRouter(prefix="/v1/cases", tags=["cases"])


def language_of(accept_language: Annotated[str | None, Header()] = None) -> Language:
    """FastAPI dependency: the language in which reasons are told."""
    return chosen(accept_language)


DESK_ROLES = ("clerk", "approver", "supervisor")
Desk = Annotated[Caller, Depends(require_staff(*DESK_ROLES))]
InOffice = Annotated[Office, Depends(office_of)]
Spoken = Annotated[Language, Depends(language_of)]
Signing = Annotated[Signer, Depends(signer_of)]
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}}}
VIDEO: dict[int | str, dict[str, Any]] = {200: {"content": {"video/mp4": {}, "video/quicktime": {}, "video/webm": {}}}}
AttemptNumber = Annotated[int | None, Query(ge=1, description="which attempt; the latest if left out")]


@router.get("")
def list_cases(
    staff: Desk,
    office: InOffice,
    language: Spoken,
    state: Annotated[list[CaseState] | None, Query(description="may be given several times")] = None,
    due_before: date | None = None,
    district: Annotated[str | None, Query(pattern=r"^[0-9]{4,9}$")] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE_DEFAULT,
) -> CaseList:
    """The cases of one's own districts, the most urgent first."""
    after = Key.of(cursor) if cursor is not None else None
    wanted = Wanted(tuple(state) if state else None, due_before, district)
    with office.transaction() as session:
        page = cases.page(session, staff.districts, wanted, size=limit, after=after)
        names = names_of(session, [case.assigned_to for case in page.items])
        return CaseList(
            items=[summary(office, case, names, language) for case in page.items],
            total=page.total,
            counts=cases.counts(session, staff.districts, Wanted(None, due_before, district)),
            next_cursor=page.next_cursor,
        )


@router.get("/{case_id}")
def read_case(case_id: UUID, staff: Desk, office: InOffice, language: Spoken) -> CaseView:
    """A case with all that is needed to decide it. That it was read is written into the audit log."""
    with office.transaction() as session:
        return view(session, office, service.read(session, office, staff, case_id), language, staff.districts)


@router.post("/{case_id}/decision")
def decide_case(
    case_id: UUID, asked: DecisionRequest, staff: Desk, office: InOffice, signer: Signing, language: Spoken
) -> CaseView:
    """Decide a case: `confirm`, `retry`, `refuse`, `visit` or `close`.

    A refusal needs two different persons: the first asks for a second opinion, the second must be an approver or a
    supervisor. If they disagree, the case is open again and nothing has been decided.
    """
    with office.transaction() as session:
        case = service.decide(session, office, signer, staff, case_id, asked.decision())
        return view(session, office, case, language, staff.districts)


@router.put("/{case_id}/assignment")
def take_case(case_id: UUID, staff: Desk, office: InOffice, language: Spoken) -> CaseView:
    """Take an open case, so that nobody else works on it."""
    with office.transaction() as session:
        return view(session, office, service.take(session, office, staff, case_id), language, staff.districts)


@router.delete("/{case_id}/assignment")
def give_case_back(case_id: UUID, staff: Desk, office: InOffice, language: Spoken) -> CaseView:
    """Give a case back; a supervisor may do it for somebody who is away."""
    with office.transaction() as session:
        return view(session, office, service.give_back(session, office, staff, case_id), language, staff.districts)


@router.get("/{case_id}/reference", response_class=Response, responses=PICTURE)
def read_reference_photo(case_id: UUID, staff: Desk, office: InOffice) -> Response:
    """The enrolment photo. Every look is written into the audit log, by name of who looked."""
    with office.transaction() as session:
        return _shown(evidence.reference(session, office, staff, case_id))


@router.get("/{case_id}/clip", response_class=Response, responses=VIDEO)
def read_clip(case_id: UUID, staff: Desk, office: InOffice, attempt: AttemptNumber = None) -> Response:
    """The clip that was sent. Every look is written into the audit log, by name of who looked."""
    with office.transaction() as session:
        return _shown(evidence.clip(session, office, staff, case_id, attempt))


@router.get("/{case_id}/best-frame", response_class=Response, responses=PICTURE)
def read_best_frame(case_id: UUID, staff: Desk, office: InOffice, attempt: AttemptNumber = None) -> Response:
    """The clip's best frame. Every look is written into the audit log, by name of who looked."""
    with office.transaction() as session:
        return _shown(evidence.best_frame(session, office, staff, case_id, attempt))


def _shown(shown: Shown) -> Response:
    # For this pair of eyes, now: nothing on the way may keep it.
    return Response(shown.content, media_type=shown.media_type, headers={"Cache-Control": "no-store"})
