"""The states of a reference. Guards in the database see to it that a resident has at most one pending or active."""

from __future__ import annotations

from enum import StrEnum

from verify_service.kit.states import Moves


class ReferenceState(StrEnum):
    PENDING = "pending"  # the photo is stored, the worker has not yet looked at it
    ACTIVE = "active"
    REJECTED = "rejected"  # the photo cannot be used; another one may be sent
    REPLACED = "replaced"
    ERASED = "erased"


MOVES: Moves[ReferenceState] = Moves(
    {
        ReferenceState.PENDING: {ReferenceState.ACTIVE, ReferenceState.REJECTED, ReferenceState.ERASED},
        ReferenceState.ACTIVE: {ReferenceState.REPLACED, ReferenceState.ERASED},
    }
)

# While one of these exists, no second photo is taken: replacement is an approved act (TRUST T5).
STANDING = (ReferenceState.PENDING, ReferenceState.ACTIVE)
