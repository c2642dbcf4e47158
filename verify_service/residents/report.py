"""What is told of a register's rows: one line for each, so that a clerk can mend the bad ones and send them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from verify_service.residents.errors import (
    DistrictInvalid,
    IDNumberInvalid,
    NameInvalid,
    ResidentDiffers,
    ResidentError,
)

RowStatus = Literal["created", "unchanged", "error"]

# The same codes as in verify_service/problems.py, which a single resident sent alone is answered with; a test holds both.
CODES: dict[type[ResidentError], str] = {
    IDNumberInvalid: "id-number-invalid",
    NameInvalid: "name-invalid",
    DistrictInvalid: "district-invalid",
    ResidentDiffers: "resident-differs",
}
UNREADABLE = "row-unreadable"


@dataclass(frozen=True)
class RowFault:
    """A row that could not be taken, and why. The message repeats nothing of the row."""

    code: str
    message: str


@dataclass(frozen=True)
class RowReport:
    line: int
    status: RowStatus
    resident_ref: UUID | None = None
    fault: RowFault | None = None


@dataclass(frozen=True)
class ImportReport:
    """The rows of one import, in the order of their lines."""

    rows: tuple[RowReport, ...]

    def count(self, status: RowStatus) -> int:
        return sum(row.status == status for row in self.rows)


def fault_of(error: ResidentError) -> RowFault:
    """The fault that an error makes of its row. Raises KeyError for an error that no row can cause."""
    for kind in type(error).__mro__:
        if kind in CODES:
            return RowFault(CODES[kind], str(error))
    raise KeyError(type(error).__name__)
