"""What a decision does to a case: the desk's logic, pure. Only here, and only by two persons, is anybody refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from verify_service.cases.states import CaseState
from verify_service.review.errors import (
    ActionImpossible,
    AssignedToAnother,
    CaseClosed,
    SecondOpinionByRole,
    SecondPersonNeeded,
)

SECOND_OPINION_ROLES = frozenset({"approver", "supervisor"})


class Action(StrEnum):
    CONFIRM = "confirm"  # it is the resident, alive
    RETRY = "retry"  # another clip, please
    REFUSE = "refuse"  # it is not: a second person must say so too
    VISIT = "visit"  # somebody goes there; the case stays until then
    CLOSE = "close"  # what was asked for is done


class Effect(StrEnum):
    """What becomes of the case."""

    CLOSE = "close"
    ASK_SECOND = "ask_second"
    REOPEN = "reopen"
    KEEP = "keep"


# The words with which actions close a case.
OUTCOMES = {Action.CONFIRM: "confirmed", Action.RETRY: "retry", Action.REFUSE: "refused", Action.CLOSE: "done"}


@dataclass(frozen=True)
class Standing:
    """A case as it stands before a decision. `refused_by` is who asked for the second opinion that is awaited."""

    case_id: UUID
    state: CaseState
    has_open_verification: bool
    assigned_to: UUID | None = None
    refused_by: UUID | None = None


@dataclass(frozen=True)
class Decider:
    staff_id: UUID
    role: str


def possible_actions(standing: Standing) -> tuple[Action, ...]:
    """What a case allows. One whose verification waits cannot just be closed: the resident waits for an answer."""
    if standing.state is CaseState.CLOSED:
        return ()
    if standing.has_open_verification:
        return (Action.CONFIRM, Action.RETRY, Action.REFUSE, Action.VISIT)
    return (Action.VISIT, Action.CLOSE)


def effect_of(standing: Standing, decider: Decider, action: Action) -> Effect:
    """What an action does.

    1. A closed case stays as it is: CaseClosed.
    2. What the case does not allow is refused: ActionImpossible.
    3. Where a second opinion is awaited, it must be another person's (SecondPersonNeeded) with the role for it
       (SecondOpinionByRole). Whoever agrees to refuse closes the case; whoever does anything else opens it again, and
       nothing has been decided.
    4. Otherwise the case must be nobody else's (AssignedToAnother), supervisors excepted. To refuse asks for a second
       opinion, a visit keeps the case, everything else closes it.
    """
    if standing.state is CaseState.CLOSED:
        raise CaseClosed(standing.case_id)
    if action not in possible_actions(standing):
        raise ActionImpossible(action, possible_actions(standing))
    if standing.state is CaseState.SECOND_OPINION:
        _require_second_person(standing, decider)
        return Effect.CLOSE if action is Action.REFUSE else Effect.REOPEN
    require_not_anothers(standing, decider)
    return {Action.REFUSE: Effect.ASK_SECOND, Action.VISIT: Effect.KEEP}.get(action, Effect.CLOSE)


def require_not_anothers(standing: Standing, decider: Decider) -> None:
    """Raises AssignedToAnother unless the case is free, the decider's own, or the decider a supervisor."""
    if standing.assigned_to not in (None, decider.staff_id) and decider.role != "supervisor":
        raise AssignedToAnother(standing.case_id)


def _require_second_person(standing: Standing, decider: Decider) -> None:
    if standing.refused_by is None or standing.refused_by == decider.staff_id:
        # Without a record of the first, nobody can be told to be another: so nobody is.
        raise SecondPersonNeeded(standing.case_id)
    if decider.role not in SECOND_OPINION_ROLES:
        raise SecondOpinionByRole(SECOND_OPINION_ROLES)
