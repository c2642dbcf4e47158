"""Districts by code, and the one question of whose rows somebody may see (TRUST T6, T7)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from verify_service.residents.errors import DistrictInvalid

# GB/T 2260 counts a county or district in 6 digits, GB/T 10114 adds 3 for the street: 440304 Futian, 440304001 Nanyuan.
LENGTHS = (6, 9)


def district_code(text: str) -> str:
    """The code that `text` spells. Raises DistrictInvalid."""
    code = text.strip()
    if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()):
        raise DistrictInvalid(code)
    return code


def contains(districts: Collection[str] | None, code: str) -> bool:
    """Whether somebody admitted for `districts` (None: everywhere) may see what belongs to `code`."""
    return districts is None or any(code.startswith(district) for district in districts)


def within(column: Any, districts: Collection[str] | None) -> ColumnElement[bool]:
    """The condition of every query for rows of residents: `contains`, in the database. An empty set sees nothing."""
    if districts is None:
        return true()
    return or_(false(), *(column.startswith(district, autoescape=True) for district in sorted(districts)))
