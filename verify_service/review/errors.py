"""What can be wrong with what a member of staff asks of a case."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID


class ReviewError(Exception):
    """A case cannot be worked on as asked."""


class CaseClosed(ReviewError):
    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        super().__init__("this case is closed; what was decided stands in its history")


class DecidedMeanwhile(ReviewError):
    """Somebody else was faster: nothing of this decision was kept."""

    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        super().__init__("somebody else has just worked on this case; please read it again before you decide")


class AssignedToAnother(ReviewError):
    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        super().__init__("somebody else has this case; it must be given back first, which a supervisor may do too")


class SecondPersonNeeded(ReviewError):
    """Who would refuse cannot be the one who says so a second time."""

    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        super().__init__("a refusal needs a second person, and you are the first; somebody else must look now")


class SecondOpinionByRole(ReviewError):
    def __init__(self, roles: Collection[str]) -> None:
        self.roles = tuple(sorted(roles))
        super().__init__(f"a second opinion is given by {' or '.join(self.roles)}")


class ActionImpossible(ReviewError):
    """`possible` are the actions that this case allows as it stands."""

    def __init__(self, action: str, possible: Collection[str]) -> None:
        self.action, self.possible = action, tuple(possible)
        super().__init__(f"{action} is not possible here; possible: {', '.join(self.possible) or 'nothing'}")


class ReasonUnknown(ReviewError):
    """`known` are the reasons that this action can have."""

    def __init__(self, action: str, reason_code: str, known: Collection[str]) -> None:
        self.action, self.reason_code, self.known = action, reason_code, tuple(known)
        super().__init__(f"a reason to {action} is one of {', '.join(self.known)}")


class AdviceUnknown(ReviewError):
    def __init__(self, code: str, known: Collection[str]) -> None:
        self.code, self.known = code, tuple(known)
        super().__init__(f"advice for the phone is one of {', '.join(self.known)}")


class EvidenceMissing(ReviewError):
    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"this case has no {what.replace('_', ' ')}")
