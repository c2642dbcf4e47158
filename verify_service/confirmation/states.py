"""The states of a confirmation (DESIGN §7) and what each says in the status list."""

from __future__ import annotations

from enum import StrEnum

from verify_service.kit.states import Moves


class ConfirmationState(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"  # something came up (a report of a death, a doubt); staff will look
    SUPERSEDED = "superseded"  # a newer one of the same year has taken its place
    EXPIRED = "expired"
    REVOKED = "revoked"


class Method(StrEnum):
    """How the resident was found alive."""

    CLIP = "clip"
    STAFF = "staff"
    COUNTER = "counter"
    HOME_VISIT = "home_visit"
    VIDEO_CALL = "video_call"


_C = ConfirmationState

MOVES: Moves[ConfirmationState] = Moves(
    {
        _C.VALID: {_C.SUSPENDED, _C.SUPERSEDED, _C.EXPIRED, _C.REVOKED},
        _C.SUSPENDED: {_C.VALID, _C.REVOKED},
    }
)

# At most one of these for a resident, purpose and year (a partial unique index holds it).
STANDING = frozenset({_C.VALID, _C.SUSPENDED})
