"""A case as staff see it: in words, with the scores, the limits, and what was decided before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.access.records import StaffRecord
from verify_service.cases import queries as cases
from verify_service.cases import service as case_service
from verify_service.cases.records import CaseDecisionRecord, CaseRecord
from verify_service.cases.states import CaseKind, CaseState, Wish
from verify_service.decision.odds import Odds, load_odds
from verify_service.enrolment import service as enrolment
from verify_service.kit.languages import Language
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord
from verify_service.review.case_reasons import case_reason
from verify_service.review.decision_reasons import DECISION_REASONS
from verify_service.review.desk import Action, possible_actions
from verify_service.review.near_duplicates import near_duplicates_of
from verify_service.review.rarity import rarity_of
from verify_service.review.schemas import (
    ActionView,
    AttemptView,
    CaseSummary,
    CaseView,
    CheckView,
    Coded,
    DecisionView,
    ResidentForStaff,
    ReviewedVerification,
    StaffView,
)
from verify_service.review.service import decision_note_place, standing_of
from verify_service.verification import queries as verifications
from verify_service.verification.records import AttemptRecord
from verify_service.verification.states import VerificationState, status_of

Names = Mapping[UUID, str]


def names_of(session: Session, staff_ids: Collection[UUID | None]) -> Names:
    """The names of members of staff by id."""
    wanted = select(StaffRecord).where(StaffRecord.id.in_([each for each in staff_ids if each is not None]))
    return {staff.id: staff.name for staff in session.scalars(wanted)}


def summary(office: Office, case: CaseRecord, names: Names, language: Language) -> CaseSummary:
    """A case as a list shows it."""
    return CaseSummary(**_summary(office, case, names, language))


def view(
    session: Session, office: Office, case: CaseRecord, language: Language, districts: Collection[str] | None
) -> CaseView:
    """A case with its resident, evidence by address, and history. Reading it is written into the audit log elsewhere.

    `districts` are those of the reader: of what lies outside, only that it is there.
    """
    resident = residents.get(session, case.resident_ref)
    decisions = cases.decisions(session, case.id)
    names = names_of(session, [case.assigned_to, *(each.staff_id for each in decisions)])
    has_reference = enrolment.has_standing_reference(session, resident.id)
    return CaseView(
        **_summary(office, case, names, language),
        resident=_resident(office, resident),
        note=case_service.note_of(office, resident, case),
        reference_url=f"/v1/cases/{case.id}/reference" if has_reference else None,
        verification=_verification(session, case, language),
        near_duplicates=near_duplicates_of(session, case, districts),
        decisions=[_decision(office, resident, each, names, language) for each in decisions],
        actions=[_action(each, language) for each in possible_actions(standing_of(session, case))],
    )


def _summary(office: Office, case: CaseRecord, names: Names, language: Language) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "kind": CaseKind(case.kind),
        "state": CaseState(case.state),
        "district": case.district,
        "reasons": [_coded(reason, language) for reason in case.reasons],
        "wish": Wish(case.wish) if case.wish else None,
        "due_by": case.due_by,
        "is_overdue": case.state != CaseState.CLOSED and case.due_by < office.clock.today(),
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome,
        "assigned_to": _staff(case.assigned_to, names) if case.assigned_to else None,
    }


def _resident(office: Office, resident: ResidentRecord) -> ResidentForStaff:
    return ResidentForStaff(
        resident_ref=resident.id,
        name=residents.name(office, resident),
        birth_on=resident.birth_on,
        id_number_tail=residents.id_number(office, resident)[-4:],
    )


def _verification(session: Session, case: CaseRecord, language: Language) -> ReviewedVerification | None:
    if case.verification_id is None:
        return None
    verification = verifications.get(session, case.verification_id)
    attempts = verifications.attempts_with_clip(session, verification.id)
    odds = load_odds()
    return ReviewedVerification(
        id=verification.id,
        purpose=verification.purpose,
        year=verification.year,
        status=status_of(VerificationState(verification.state)),
        attempts=[_attempt(case.id, each, odds, language) for each in attempts],
    )


def _attempt(case_id: UUID, attempt: AttemptRecord, odds: Odds, language: Language) -> AttemptView:
    where = f"?attempt={attempt.number}"
    assessment = attempt.assessment or {}
    models = assessment.get("models", {})
    has_frame = attempt.best_frame_sealed is not None
    return AttemptView(
        number=attempt.number,
        challenge_text=attempt.challenge_text,
        used_at=attempt.used_at,
        decided_at=attempt.decided_at,
        machine_outcome=(attempt.decision or {}).get("outcome"),
        checks=[_check(check, models, odds, language) for check in assessment.get("checks", [])],
        clip_url=f"/v1/cases/{case_id}/clip{where}",
        best_frame_url=f"/v1/cases/{case_id}/best-frame{where}" if has_frame else None,
    )


def _check(check: Mapping[str, Any], models: Mapping[str, str], odds: Odds, language: Language) -> CheckView:
    reason = check.get("reason")
    return CheckView(
        name=check["name"],
        result=check["result"],
        score=check.get("score"),
        limit=check.get("limit"),
        reason=_coded(reason, language) if reason else None,
        model=check.get("model"),
        rarity=rarity_of(check, models, odds, language),
    )


def _decision(
    office: Office, resident: ResidentRecord, decision: CaseDecisionRecord, names: Names, language: Language
) -> DecisionView:
    action = Action(decision.action)
    words = DECISION_REASONS[action].get(decision.reason_code)
    return DecisionView(
        number=decision.number,
        staff=_staff(decision.staff_id, names),
        action=action,
        # A code that is no longer given still stands in old cases.
        reason=Coded(code=decision.reason_code, message=words.say(language) if words else decision.reason_code),
        advice=decision.advice,
        note=_note(office, resident, decision),
        decided_at=decision.decided_at,
    )


def _note(office: Office, resident: ResidentRecord, decision: CaseDecisionRecord) -> str | None:
    if decision.note_sealed is None:
        return None
    key = residents.identity_key(office, resident)
    return key.open(decision.note_sealed, decision_note_place(decision.id)).decode()


def _action(action: Action, language: Language) -> ActionView:
    reasons = DECISION_REASONS[action].items()
    return ActionView(action=action, reasons=[Coded(code=code, message=words.say(language)) for code, words in reasons])


def _staff(staff_id: UUID, names: Names) -> StaffView:
    return StaffView(id=staff_id, name=names.get(staff_id, ""))


def _coded(code: str, language: Language) -> Coded:
    return Coded(code=code, message=case_reason(code, language))
