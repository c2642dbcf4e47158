"""Why a department's question is not taken. A confirmation that does not stand is an answer, not an error."""

from __future__ import annotations


class DepartmentError(Exception):
    """A department's question is not taken."""


class PurposeNotAllowed(DepartmentError):
    """Alike for a purpose that exists and one that does not."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__("this client may not ask for that purpose")
