"""What can be wrong with a call about a verification. HTTP statuses are given in `verify_service/problems.py`."""

from __future__ import annotations

from uuid import UUID


class VerificationError(Exception):
    """A verification cannot be worked on as asked."""


class VerificationNotFound(VerificationError):
    def __init__(self, verification_id: UUID) -> None:
        self.verification_id = verification_id
        super().__init__("there is no such verification, or the token does not belong to it")


class AlreadyConfirmedThisYear(VerificationError):
    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"a confirmation for {year} already stands; nothing needs to be done")


class PurposeUnknown(VerificationError):
    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__("this purpose is not one of the rules in force")


class WrongState(VerificationError):
    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"the verification is {status}: this is not the moment for it")


class ChallengeExpired(VerificationError):
    def __init__(self) -> None:
        super().__init__("the time for this sentence is over; ask for a new one, it costs no attempt")


class ChallengeUsed(VerificationError):
    def __init__(self) -> None:
        super().__init__("this sentence was already answered with another clip")


class UnsupportedClipType(VerificationError):
    def __init__(self) -> None:
        super().__init__("a clip is sent as video/mp4, video/quicktime or video/webm")


class ClipEmpty(VerificationError):
    def __init__(self) -> None:
        super().__init__("no clip was sent")


class QueueFull(VerificationError):
    def __init__(self) -> None:
        super().__init__("too many clips are waiting; nothing was stored, send it again in a minute")


class FixedChallengeRefused(VerificationError):
    def __init__(self) -> None:
        super().__init__("a fixed challenge is accepted in the demo environment only")
