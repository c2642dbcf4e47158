"""The states and kinds of a case."""

from __future__ import annotations

from enum import StrEnum

from verify_service.kit.states import Moves


class CaseState(StrEnum):
    OPEN = "open"  # waiting for somebody to take it
    ASSIGNED = "assigned"
    SECOND_OPINION = "second_opinion"  # one person would refuse; a second one must say so too
    CLOSED = "closed"


MOVES: Moves[CaseState] = Moves(
    {
        CaseState.OPEN: {CaseState.ASSIGNED},
        CaseState.ASSIGNED: {CaseState.OPEN, CaseState.SECOND_OPINION, CaseState.CLOSED},
        # Two who disagree have decided nothing: the case is open again, with both opinions on record.
        CaseState.SECOND_OPINION: {CaseState.OPEN, CaseState.CLOSED},
    }
)


class CaseKind(StrEnum):
    VERIFICATION_REVIEW = "verification_review"  # the machine handed a verification over
    ASSISTANCE = "assistance"  # the resident wants a person
    NO_REFERENCE = "no_reference"  # there is no photo to compare with
    CRASHED_CLIP = "crashed_clip"  # the clip stopped its worker again and again


class Wish(StrEnum):
    """How a resident who wants a person would like to meet one."""

    HOME_VISIT = "home_visit"
    COUNTER = "counter"
    CALL = "call"
