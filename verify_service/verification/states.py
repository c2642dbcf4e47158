"""The states of a verification and of its attempts (DESIGN §7)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from verify_service.kit.states import Moves


class VerificationState(StrEnum):
    CREATED = "created"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    RETRY = "retry"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


_V = VerificationState

# `refused` is reached from `in_review` alone, and only `decide_by_staff` makes that move: no machine refuses.
MOVES = Moves(
    {
        _V.CREATED: {_V.UPLOADED, _V.IN_REVIEW, _V.EXPIRED, _V.WITHDRAWN},
        _V.UPLOADED: {_V.PROCESSING, _V.IN_REVIEW, _V.WITHDRAWN},
        _V.PROCESSING: {_V.PROCESSING, _V.CONFIRMED, _V.RETRY, _V.IN_REVIEW, _V.UPLOADED, _V.WITHDRAWN},
        _V.RETRY: {_V.UPLOADED, _V.IN_REVIEW, _V.WITHDRAWN},
        _V.IN_REVIEW: {_V.CONFIRMED, _V.REFUSED, _V.RETRY, _V.WITHDRAWN},
    }
)

OPEN = frozenset({_V.CREATED, _V.UPLOADED, _V.PROCESSING, _V.RETRY, _V.IN_REVIEW})
AWAITING_CLIP = frozenset({_V.CREATED, _V.RETRY})
AT_WORK = frozenset({_V.UPLOADED, _V.PROCESSING})


Status = Literal["awaiting_clip", "processing", "confirmed", "retry", "in_review", "refused", "expired", "withdrawn"]


def status_of(state: VerificationState) -> Status:
    """The word that the phone sees (DESIGN §5): it need not know whether its clip waits or is being looked at."""
    return _STATUS[state]


_STATUS: Mapping[VerificationState, Status] = {
    _V.CREATED: "awaiting_clip",
    _V.UPLOADED: "processing",
    _V.PROCESSING: "processing",
    _V.RETRY: "retry",
    _V.IN_REVIEW: "in_review",
    _V.CONFIRMED: "confirmed",
    _V.REFUSED: "refused",
    _V.EXPIRED: "expired",
    _V.WITHDRAWN: "withdrawn",
}
