"""A register's file, line by line: JSON objects or a table, each line a resident or a fault with its reason.

A line ends with a line break, also in a table: a quoted field that spans lines is no way to write a name.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Protocol

from pydantic import ValidationError

from verify_service.residents.errors import HeaderInvalid, ResidentError
from verify_service.residents.report import UNREADABLE, RowFault, fault_of
from verify_service.residents.schemas import ResidentRow
from verify_service.residents.service import NewResident, checked

LINE_BYTES_MAX = 4096
# Spreadsheets of Chinese offices are headed in Chinese.
COLUMNS = {
    "id_number": "id_number",
    "公民身份号码": "id_number",
    "身份证号": "id_number",
    "身份证号码": "id_number",
    "name": "name",
    "姓名": "name",
    "district": "district",
    "区划代码": "district",
}


class RowReader(Protocol):
    """Reads the lines of one file in their order."""

    def read(self, line: bytes) -> NewResident | RowFault | None:
        """The resident of a line; None for a line that holds none (blank, or a table's head)."""
        ...


class NDJSONReader:
    def __init__(self, today: date) -> None:
        self._today = today

    def read(self, line: bytes) -> NewResident | RowFault | None:
        # Some editors put a byte order mark before the first line.
        content = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not content:
            return None
        if len(content) > LINE_BYTES_MAX:
            return _too_long()
        try:
            row = ResidentRow.model_validate_json(content)
        except ValidationError as error:
            return RowFault(UNREADABLE, _what_is_wrong(error))
        return _resident(row, self._today)


class CSVReader:
    """The first line names the columns, in English or Chinese and in any order."""

    def __init__(self, today: date, encoding: str = "utf-8-sig") -> None:
        self._today, self._encoding = today, encoding
        self._columns: list[str] | None = None

    def read(self, line: bytes) -> NewResident | RowFault | None:
        """Raises HeaderInvalid for a first line that does not name the three columns."""
        if len(line) > LINE_BYTES_MAX:
            return _too_long()
        try:
            text = line.decode(self._encoding).strip("\r\n\ufeff")
            cells = next(csv.reader([text], strict=True), [])
        except (UnicodeDecodeError, csv.Error):
            return RowFault(UNREADABLE, "the line cannot be read: neither its quotes nor its characters may be broken")
        if not any(cell.strip() for cell in cells):
            return None
        if self._columns is None:
            self._columns = _columns_of(cells)
            return None
        if len(cells) != len(self._columns):
            return RowFault(UNREADABLE, f"the line has {len(cells)} columns, the head has {len(self._columns)}")
        return _row_of(dict(zip(self._columns, cells, strict=True)), self._today)


async def lines_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a body as they are complete, without their line break; what follows the last break is a line too."""
    pending = b""
    async for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield line
        # Of a line that is too long anyhow, no more is kept than shows it.
        pending = pending[: LINE_BYTES_MAX + 1]
    if pending:
        yield pending


def _columns_of(cells: list[str]) -> list[str]:
    columns = [COLUMNS.get(cell.strip().lower(), "") for cell in cells]
    if sorted(columns) != ["district", "id_number", "name"]:
        raise HeaderInvalid
    return columns


def _row_of(cells: Mapping[str, str], today: date) -> NewResident | RowFault:
    try:
        return _resident(ResidentRow.model_validate(cells), today)
    except ValidationError as error:
        return RowFault(UNREADABLE, _what_is_wrong(error))


def _resident(row: ResidentRow, today: date) -> NewResident | RowFault:
    try:
        return checked(id_number=row.id_number, name=row.name, district=row.district, today=today)
    except ResidentError as error:
        return fault_of(error)


def _what_is_wrong(error: ValidationError) -> str:
    # The fields and pydantic's sentences, never the input: it may be an ID number.
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part in ResidentRow.model_fields)
    return f"{place}: {first['msg']}" if place else f"the line is not a resident: {_harmless(first['type'])}"


def _harmless(kind: str) -> str:
    words = {
        "extra_forbidden": "it has a field besides id_number, name and district",
        "json_invalid": "it is not JSON",
        "model_type": "it is not a JSON object",
    }
    return words.get(kind, "it does not have the form of one")


def _too_long() -> RowFault:
    return RowFault(UNREADABLE, f"the line has more than {LINE_BYTES_MAX} bytes")
