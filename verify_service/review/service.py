"""Working on cases: taken, given back, decided. Every decision is a row of its own and stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from verify_service.access.callers import Caller
from verify_service.audit import log
from verify_service.cases import queries as cases
from verify_service.cases.due import working_day_after
from verify_service.cases.records import CaseDecisionRecord, CaseRecord
from verify_service.cases.states import MOVES, CaseState, Wish
from verify_service.confirmation.keys import Signer
from verify_service.kit.office import Office
from verify_service.kit.states import StateLost, move
from verify_service.residents import service as residents
from verify_service.review.decision_reasons import require_reason
from verify_service.review.desk import (
    OUTCOMES,
    Action,
    Decider,
    Effect,
    Standing,
    effect_of,
    require_not_anothers,
)
from verify_service.review.errors import AdviceUnknown, CaseClosed, DecidedMeanwhile
from verify_service.rules.service import rule_on
from verify_service.verification import queries as verifications
from verify_service.verification.advice import SENTENCES
from verify_service.verification.errors import WrongState
from verify_service.verification.service import StaffAction, decide_by_staff
from verify_service.verification.states import VerificationState

OPEN, ASSIGNED, SECOND_OPINION, CLOSED = (
    CaseState.OPEN,
    CaseState.ASSIGNED,
    CaseState.SECOND_OPINION,
    CaseState.CLOSED,
)
VERIFICATION_ACTIONS: Mapping[Action, StaffAction] = {
    Action.CONFIRM: "confirm",
    Action.RETRY: "retry",
    Action.REFUSE: "refuse",
}


@dataclass(frozen=True)
class StaffDecision:
    """What a member of staff decides. `advice` is for the phone, and only with `retry`."""

    action: Action
    reason_code: str
    advice: tuple[str, ...] = ()
    note: str | None = field(default=None, repr=False)


def decide(
    session: Session, office: Office, signer: Signer, staff: Caller, case_id: UUID, decision: StaffDecision
) -> CaseRecord:
    """Carry out a decision on a case as it stands, with the verification, in one transaction.

    The case is read without a lock and moved by compare-and-set: who decided on what another has just changed is told
    so, and does not become a second opinion unawares. Raises CaseUnknown, the errors of `desk.effect_of`,
    ReasonUnknown, AdviceUnknown, DecidedMeanwhile.
    """
    require_reason(decision.action, decision.reason_code)
    _require_advice(decision.advice)
    case = cases.get(session, case_id, staff.districts)
    standing = standing_of(session, case)
    effect = effect_of(standing, Decider(staff.id, staff.role or ""), decision.action)
    try:
        if effect is Effect.CLOSE and decision.action in VERIFICATION_ACTIONS:
            _decide_verification(session, office, signer, staff, case, decision)
        _move(session, office, staff, case, standing.state, effect, decision.action)
    except (StateLost, WrongState) as error:
        raise DecidedMeanwhile(case_id) from error
    _record(session, office, staff, case, decision, effect)
    return case


def read(session: Session, office: Office, staff: Caller, case_id: UUID) -> CaseRecord:
    """A case to be shown with its resident's name: that it was read is written into the audit log. Raises CaseUnknown."""
    case = cases.get(session, case_id, staff.districts)
    _log(session, office, "case.read", staff, case, {})
    return case


def take(session: Session, office: Office, staff: Caller, case_id: UUID) -> CaseRecord:
    """Take an open case. Taking one's own again changes nothing. Raises CaseUnknown, CaseClosed, DecidedMeanwhile,
    AssignedToAnother."""
    case = cases.get(session, case_id, staff.districts)
    state = CaseState(case.state)
    if state is ASSIGNED and case.assigned_to == staff.id:
        return read(session, office, staff, case_id)
    _require_free(case, staff, state)
    _reassign(session, office, staff, case, OPEN, ASSIGNED, staff.id, "case.taken")
    return case


def give_back(session: Session, office: Office, staff: Caller, case_id: UUID) -> CaseRecord:
    """Give a case back; a supervisor may do it for somebody else. Giving back an open one changes nothing.

    Raises CaseUnknown, CaseClosed, AssignedToAnother, DecidedMeanwhile.
    """
    case = cases.get(session, case_id, staff.districts)
    state = CaseState(case.state)
    if state is OPEN:
        return read(session, office, staff, case_id)
    _require_free(case, staff, state)
    _reassign(session, office, staff, case, ASSIGNED, OPEN, None, "case.given_back")
    return case


def standing_of(session: Session, case: CaseRecord) -> Standing:
    """The case as the desk's logic sees it."""
    last = select(CaseDecisionRecord).where(CaseDecisionRecord.case_id == case.id)
    last_decision = session.scalars(last.order_by(CaseDecisionRecord.number.desc()).limit(1)).one_or_none()
    waits = last_decision is not None and case.state == SECOND_OPINION and last_decision.action == Action.REFUSE
    return Standing(
        case_id=case.id,
        state=CaseState(case.state),
        has_open_verification=_is_in_review(session, case),
        assigned_to=case.assigned_to,
        refused_by=last_decision.staff_id if waits and last_decision else None,
    )


def decision_note_place(decision_id: UUID) -> str:
    return f"case-decisions/{decision_id}/note"


def _is_in_review(session: Session, case: CaseRecord) -> bool:
    if case.verification_id is None:
        return False
    return verifications.get(session, case.verification_id).state == VerificationState.IN_REVIEW


def _require_advice(advice: Sequence[str]) -> None:
    for code in advice:
        if code not in SENTENCES:
            raise AdviceUnknown(code, SENTENCES)


def _require_free(case: CaseRecord, staff: Caller, state: CaseState) -> None:
    if state is CLOSED:
        raise CaseClosed(case.id)
    standing = Standing(case.id, state, has_open_verification=False, assigned_to=case.assigned_to)
    require_not_anothers(standing, Decider(staff.id, staff.role or ""))


def _decide_verification(
    session: Session, office: Office, signer: Signer, staff: Caller, case: CaseRecord, decision: StaffDecision
) -> None:
    assert case.verification_id is not None
    # Before the case, as everywhere: whoever locks both begins with the verification.
    decide_by_staff(
        session,
        office,
        signer,
        case.verification_id,
        action=VERIFICATION_ACTIONS[decision.action],
        staff=staff.actor,
        reason_code=decision.reason_code,
        advice=_advice(decision),
    )


def _advice(decision: StaffDecision) -> list[str]:
    # Nobody is asked for another clip without a word on how.
    return list(decision.advice) or (["say_again"] if decision.action is Action.RETRY else [])


def _move(
    session: Session, office: Office, staff: Caller, case: CaseRecord, state: CaseState, effect: Effect, action: Action
) -> None:
    if state is OPEN and effect is not Effect.REOPEN:
        # Who decides has the case: it is taken and decided in one.
        move(session, CaseRecord, case.id, MOVES, OPEN, ASSIGNED, assigned_to=staff.id)
        state = ASSIGNED
    match effect:
        case Effect.CLOSE:
            now, outcome = office.clock.now(), OUTCOMES[action]
            move(session, CaseRecord, case.id, MOVES, state, CLOSED, closed_at=now, outcome=outcome)
        case Effect.ASK_SECOND:
            move(session, CaseRecord, case.id, MOVES, state, SECOND_OPINION, assigned_to=None)
        case Effect.REOPEN:
            move(session, CaseRecord, case.id, MOVES, state, OPEN, assigned_to=None)
        case Effect.KEEP:
            _keep_for_visit(session, office, staff, case)


def _keep_for_visit(session: Session, office: Office, staff: Caller, case: CaseRecord) -> None:
    """The case stays, with who arranges the visit and the day of it, which is never earlier than the one promised."""
    today = office.clock.today()
    due_by = max(case.due_by, working_day_after(today, rule_on(today).deadlines.visit_working_days))
    kept = (
        update(CaseRecord)
        .where(CaseRecord.id == case.id, CaseRecord.state == ASSIGNED)
        .values(wish=Wish.HOME_VISIT.value, assigned_to=staff.id, due_by=due_by)
        .returning(CaseRecord.id)
    )
    if session.execute(kept.execution_options(synchronize_session="fetch")).scalar_one_or_none() is None:
        raise StateLost(CaseRecord.__name__, case.id, [ASSIGNED])


def _reassign(
    session: Session,
    office: Office,
    staff: Caller,
    case: CaseRecord,
    source: CaseState,
    target: CaseState,
    assigned_to: UUID | None,
    event: str,
) -> None:
    try:
        move(session, CaseRecord, case.id, MOVES, source, target, assigned_to=assigned_to)
    except StateLost as error:
        raise DecidedMeanwhile(case.id) from error
    _log(session, office, event, staff, case, {})


def _record(
    session: Session, office: Office, staff: Caller, case: CaseRecord, decision: StaffDecision, effect: Effect
) -> None:
    decision_id = office.randomness.identifier()
    before = session.scalar(select(func.max(CaseDecisionRecord.number)).where(CaseDecisionRecord.case_id == case.id))
    row = CaseDecisionRecord(
        id=decision_id,
        case_id=case.id,
        number=(before or 0) + 1,
        staff_id=staff.id,
        action=decision.action.value,
        reason_code=decision.reason_code,
        advice=list(decision.advice),
        note_sealed=_sealed_note(session, office, case, decision_id, decision.note),
        decided_at=office.clock.now(),
    )
    session.add(row)
    session.flush()
    facts = {"action": row.action, "reason_code": row.reason_code, "number": row.number, "effect": effect.value}
    _log(session, office, "case.decided", staff, case, {**facts, "state": case.state})


def _sealed_note(
    session: Session, office: Office, case: CaseRecord, decision_id: UUID, note: str | None
) -> bytes | None:
    if note is None:
        return None
    key = residents.identity_key(office, residents.get(session, case.resident_ref))
    return key.seal(note.encode(), decision_note_place(decision_id))


def _log(session: Session, office: Office, event: str, staff: Caller, case: CaseRecord, facts: dict[str, Any]) -> None:
    log.append(
        session,
        office,
        event=event,
        actor=staff.actor,
        subject=f"case:{case.id}",
        resident_ref=case.resident_ref,
        facts=facts,
    )
