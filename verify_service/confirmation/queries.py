"""Looking confirmations up."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from verify_service.confirmation.errors import ConfirmationNotFound, StatusListNotFound
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.states import STANDING, ConfirmationState
from verify_service.confirmation.status_list import Status

FIRST_LIST = 1

# What a status list says of a state. One that has run out says so by its own `exp`, and needs no entry.
STATUS_OF = {
    ConfirmationState.SUSPENDED: Status.SUSPENDED,
    ConfirmationState.SUPERSEDED: Status.SUPERSEDED,
    ConfirmationState.REVOKED: Status.REVOKED,
}


def get(session: Session, confirmation_id: UUID) -> ConfirmationRecord:
    """Raises ConfirmationNotFound."""
    found = session.get(ConfirmationRecord, confirmation_id)
    if found is None:
        raise ConfirmationNotFound(confirmation_id)
    return found


def standing(session: Session, resident_ref: UUID, purpose: str, year: int) -> ConfirmationRecord | None:
    """The one that is valid, or suspended, for a resident, purpose and year: while it is there, no other can be issued."""
    wanted = select(ConfirmationRecord).where(
        ConfirmationRecord.resident_ref == resident_ref,
        ConfirmationRecord.purpose == purpose,
        ConfirmationRecord.year == year,
        ConfirmationRecord.state.in_(sorted(STANDING)),
    )
    return session.scalars(wanted).one_or_none()


def newest_list(session: Session) -> int:
    """The number of the status list that is being filled."""
    return session.scalar(select(func.max(ConfirmationRecord.status_list))) or FIRST_LIST


def statuses_of(session: Session, number: int) -> dict[int, Status]:
    """What status list `number` has to say, by index; who is not in it is valid. Raises StatusListNotFound."""
    known = exists().where(ConfirmationRecord.status_list == number)
    # The first list is there from the start, so that a validator can set itself up before anything was issued.
    if number != FIRST_LIST and not session.scalar(select(known)):
        raise StatusListNotFound(number)
    rows = session.execute(
        select(ConfirmationRecord.status_index, ConfirmationRecord.state).where(
            ConfirmationRecord.status_list == number, ConfirmationRecord.state.in_(sorted(STATUS_OF))
        )
    )
    return {index: STATUS_OF[ConfirmationState(state)] for index, state in rows}
