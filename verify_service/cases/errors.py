"""What can be wrong with a case."""

from __future__ import annotations

from uuid import UUID


class CaseError(Exception):
    """A case cannot be found."""


class CaseUnknown(CaseError):
    """There is no such case, or it belongs to a district that the caller is not admitted to: both look alike."""

    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        super().__init__(f"there is no case {case_id}")


class NoCase(CaseError):
    """A verification is in review, and no case says who looks: this must never be."""

    def __init__(self, verification_id: UUID) -> None:
        self.verification_id = verification_id
        super().__init__(f"the verification {verification_id} has no case")
