"""The register over HTTP: one resident, or a file of them that is read as it arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers

from verify_service.access.callers import Caller, require
from verify_service.kit.body import chunks_within, whole_body
from verify_service.kit.office import Office, office_of
from verify_service.residents import service
from verify_service.residents.bulk import CSVReader, NDJSONReader, RowReader, lines_of
from verify_service.residents.errors import FormUnknown, TooManyRows
from verify_service.residents.records import ResidentRecord
from verify_service.residents.report import ImportReport, RowFault, RowReport
from verify_service.residents.schemas import ImportView, ResidentRow, ResidentView, import_view, request_body
from verify_service.residents.service import NewResident

router = APIRouter(prefix="/v1/residents", tags=["residents"])

ONE_BYTES_MAX = 16 * 1024
# A district has some 40,000 residents of that age, at about 100 bytes each.
FILE_BYTES_MAX = 16_000_000
FILE_ROWS_MAX = 50_000
# Rows a transaction: few enough that other writers to the audit log wait for moments only.
BATCH_ROWS = 50
TABLE_ENCODINGS = {"": "utf-8-sig", "utf-8": "utf-8-sig", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}

Registry = Annotated[Caller, Depends(require("registry"))]
InOffice = Annotated[Office, Depends(office_of)]
Row = tuple[int, NewResident | RowFault]


@router.post(
    "",
    response_model=None,
    status_code=201,
    openapi_extra=request_body(),
    responses={
        200: {"model": ImportView | ResidentView, "description": "a file was read, or the resident was there already"},
        201: {"model": ResidentView, "description": "the resident is registered"},
    },
)
async def register_residents(request: Request, caller: Registry, office: InOffice) -> Response:
    """Register one resident (`application/json`) or many (`application/x-ndjson`, `text/csv`).

    Of a file, every good row is registered and every bad one is named with its reason. Nothing that is sent twice is
    registered twice, so a file that broke off is sent again as it is. The same number with other data is refused.
    """
    media_type, charset = _form_of(request.headers)
    if media_type == "application/json":
        row = _row_of(await whole_body(request, ONE_BYTES_MAX))
        return await run_in_threadpool(_register_one, office, caller, row)
    reader = _reader_for(media_type, charset, office)
    reports = [
        report
        async for batch in _batches(lines_of(chunks_within(request, FILE_BYTES_MAX)), reader)
        for report in await run_in_threadpool(_import, office, caller, batch)
    ]
    return await run_in_threadpool(_answer, import_view(ImportReport(tuple(reports))), 200)


@router.get("/{resident_ref}", dependencies=[Depends(require("registry"))])
def read_resident(resident_ref: UUID, office: InOffice) -> ResidentView:
    """What is registered under a reference; neither the number nor the name."""
    with office.transaction() as session:
        return _view(service.get(session, resident_ref))


def _register_one(office: Office, caller: Caller, row: ResidentRow) -> Response:
    new = service.checked(**row.model_dump(), today=office.clock.today())
    with office.transaction() as session:
        done = service.register(session, office, new, caller.actor)
        view = _view(done.record)
    answer = _answer(view, 201 if done.created else 200)
    answer.headers["Location"] = f"/v1/residents/{view.resident_ref}"
    return answer


def _import(office: Office, caller: Caller, batch: list[Row]) -> tuple[RowReport, ...]:
    with office.transaction() as session:
        return service.import_rows(session, office, batch, caller.actor).rows


async def _batches(lines: AsyncIterator[bytes], reader: RowReader) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    number = rows = 0
    async for line in lines:
        number += 1
        row = reader.read(line)
        if row is None:
            continue
        if rows == FILE_ROWS_MAX:
            yield batch
            raise TooManyRows(FILE_ROWS_MAX)
        rows += 1
        batch.append((number, row))
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _form_of(headers: Headers) -> tuple[str, str]:
    media_type, _, parameters = headers.get("content-type", "").lower().partition(";")
    name, _, value = parameters.strip().partition("=")
    return media_type.strip(), value.strip().strip('"') if name.strip() == "charset" else ""


def _reader_for(media_type: str, charset: str, office: Office) -> RowReader:
    today = office.clock.today()
    if media_type == "application/x-ndjson" and charset in ("", "utf-8"):
        return NDJSONReader(today)
    if media_type == "text/csv" and charset in TABLE_ENCODINGS:
        return CSVReader(today, TABLE_ENCODINGS[charset])
    raise FormUnknown


def _row_of(body: bytes) -> ResidentRow:
    try:
        return ResidentRow.model_validate_json(body)
    except ValidationError as error:
        # Without the input: it holds what must not come back in an error.
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None


def _view(record: ResidentRecord) -> ResidentView:
    return ResidentView(resident_ref=record.id, district=record.district, imported_at=record.imported_at)


def _answer(view: BaseModel, status: int) -> Response:
    return Response(view.model_dump_json(exclude_none=True), status, media_type="application/json")
