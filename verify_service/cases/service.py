"""Opening a case: from here on a person answers, and the case says by which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.cases.due import working_day_after
from verify_service.cases.errors import NoCase
from verify_service.cases.records import CaseRecord
from verify_service.cases.states import CaseKind, CaseState, Wish
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord
from verify_service.rules.service import rule_on

# Somebody may press the button for ever; the latest is what helps.
NOTE_LENGTH_MAX = 4000


def open_case(
    session: Session,
    office: Office,
    *,
    kind: CaseKind,
    resident: ResidentRecord,
    reasons: Sequence[str],
    actor: Actor,
    verification_id: UUID | None = None,
    wish: Wish | None = None,
    note: str | None = None,
) -> CaseRecord:
    """Open a case, or join the one that is open already.

    A verification has one open case, and so has a resident's wish for a person without one: who presses twice, or asks
    for a visit while somebody is looking anyhow, keeps one case and its day. A wish and a note are added to it.
    `reasons` are words for staff; a `note` is sealed with the resident's identity key.
    """
    values = _values(office, kind, resident, verification_id, wish, reasons, note)
    take = insert(CaseRecord).values(values).on_conflict_do_nothing().returning(CaseRecord.id)
    while (case_id := session.execute(take).scalar_one_or_none()) is None:
        joined = _join(session, office, resident, verification_id, wish, note, actor)
        if joined is not None:
            return joined
        # The open one was closed between the two statements: now there is room for this one.
    case = session.get_one(CaseRecord, case_id)
    facts = {"kind": case.kind, "reasons": case.reasons, "wish": case.wish, "due_by": case.due_by.isoformat()}
    _log(session, office, "case.opened", actor, case, facts)
    return case


def due_by_of(session: Session, verification_id: UUID) -> date:
    """The day by which a person will have looked at a verification in review. Raises NoCase."""
    due = select(CaseRecord.due_by).where(CaseRecord.verification_id == verification_id)
    # The open one first: of an earlier review the day is past.
    found = session.scalars(due.order_by(CaseRecord.closed_at.desc().nulls_first()).limit(1)).one_or_none()
    if found is None:
        raise NoCase(verification_id)
    return found


def note_of(office: Office, resident: ResidentRecord, case: CaseRecord) -> str | None:
    """What was written when the case was opened."""
    if case.note_sealed is None:
        return None
    return residents.identity_key(office, resident).open(case.note_sealed, note_place(case.id)).decode()


def note_place(case_id: UUID) -> str:
    return f"cases/{case_id}/note"


def _values(
    office: Office,
    kind: CaseKind,
    resident: ResidentRecord,
    verification_id: UUID | None,
    wish: Wish | None,
    reasons: Sequence[str],
    note: str | None,
) -> dict[str, Any]:
    case_id, today = office.randomness.identifier(), office.clock.today()
    return {
        "id": case_id,
        "kind": kind.value,
        "state": CaseState.OPEN.value,
        "resident_ref": resident.id,
        "district": resident.district,
        "verification_id": verification_id,
        "wish": wish.value if wish else None,
        "reasons": list(reasons),
        "note_sealed": _sealed(office, resident, case_id, note),
        "due_by": working_day_after(today, rule_on(today).deadlines.case_working_days),
        "opened_at": office.clock.now(),
    }


def _join(
    session: Session,
    office: Office,
    resident: ResidentRecord,
    verification_id: UUID | None,
    wish: Wish | None,
    note: str | None,
    actor: Actor,
) -> CaseRecord | None:
    mine = (
        CaseRecord.verification_id == verification_id
        if verification_id is not None
        else (CaseRecord.resident_ref == resident.id) & (CaseRecord.wish == wish) & CaseRecord.verification_id.is_(None)
    )
    is_open = CaseRecord.state != CaseState.CLOSED
    case = session.scalars(select(CaseRecord).where(mine, is_open).with_for_update()).one_or_none()
    if case is None:
        return None
    if wish is not None:
        case.wish = wish.value
    if note is not None:
        before = note_of(office, resident, case)
        together = f"{before}\n{note}" if before else note
        case.note_sealed = _sealed(office, resident, case.id, together[-NOTE_LENGTH_MAX:])
    session.flush()
    _log(session, office, "case.joined", actor, case, {"wish": case.wish, "has_note": note is not None})
    return case


def _sealed(office: Office, resident: ResidentRecord, case_id: UUID, note: str | None) -> bytes | None:
    if note is None:
        return None
    return residents.identity_key(office, resident).seal(note.encode(), note_place(case_id))


def _log(session: Session, office: Office, event: str, actor: Actor, case: CaseRecord, facts: dict[str, Any]) -> None:
    subject = f"case:{case.id}"
    log.append(session, office, event=event, actor=actor, subject=subject, resident_ref=case.resident_ref, facts=facts)
