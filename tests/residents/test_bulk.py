from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.residents.bulk import LINE_BYTES_MAX, CSVReader, NDJSONReader, lines_of
from verify_service.residents.errors import HeaderInvalid
from verify_service.residents.report import RowFault
from verify_service.residents.service import NewResident

TODAY = date(2026, 3, 2)
NUMBER = "11010519491231002X"
GOOD = {"id_number": NUMBER, "name": "王秀英", "district": "440304"}
HEAD = b"id_number,name,district\n"


def read_json(value: object) -> NewResident | RowFault | None:
    return NDJSONReader(TODAY).read(json.dumps(value, ensure_ascii=False).encode())


def read_table(*lines: bytes, encoding: str = "utf-8-sig") -> NewResident | RowFault | None:
    reader = CSVReader(TODAY, encoding)
    *before, last = lines
    for line in before:
        assert reader.read(line) is None
    return reader.read(last)


def lines(*chunks: bytes) -> list[bytes]:
    async def body() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def collect() -> list[bytes]:
        return [line async for line in lines_of(body())]

    return asyncio.run(collect())


def test_a_line_of_json_is_a_resident() -> None:
    row = read_json(GOOD)

    assert isinstance(row, NewResident)
    assert (row.id_number.text, row.name, row.district) == (NUMBER, "王秀英", "440304")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "row-unreadable"),
        (b"[1]", "row-unreadable"),
        (b"null", "row-unreadable"),
        (b"\xff\xfe", "row-unreadable"),
        (b"[" * 4000, "row-unreadable"),
        (b'{"id_number": "' + b"1" * LINE_BYTES_MAX + b'"}', "row-unreadable"),
        (json.dumps({**GOOD, "name": None}).encode(), "row-unreadable"),
        (json.dumps({**GOOD, "phone": "1"}).encode(), "row-unreadable"),
        (json.dumps({"name": "王", "district": "440304"}).encode(), "row-unreadable"),
        (json.dumps({**GOOD, "id_number": NUMBER[:-1] + "1"}).encode(), "id-number-invalid"),
        (json.dumps({**GOOD, "name": " "}).encode(), "name-invalid"),
        (json.dumps({**GOOD, "district": "Futian"}).encode(), "district-invalid"),
    ],
)
def test_a_bad_line_is_a_fault_with_its_code_that_does_not_repeat_the_number(line: bytes, code: str) -> None:
    row = NDJSONReader(TODAY).read(line)

    assert isinstance(row, RowFault)
    assert row.code == code
    assert "19491231" not in row.message
    assert len(row.message) > 20


def test_a_fault_names_the_field_that_is_missing() -> None:
    row = read_json({"id_number": NUMBER, "district": "440304"})

    assert isinstance(row, RowFault)
    assert row.message.startswith("name: ")


def test_blank_lines_and_a_byte_order_mark_are_no_faults() -> None:
    assert NDJSONReader(TODAY).read(b"  \r") is None
    assert isinstance(NDJSONReader(TODAY).read(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()), NewResident)


@pytest.mark.parametrize("head", [HEAD, b"\xef\xbb\xbf" + HEAD, "身份证号,姓名,区划代码\r\n".encode()])
def test_a_table_may_be_headed_in_english_or_chinese(head: bytes) -> None:
    row = read_table(head, f'{NUMBER},"王秀英",440304\r\n'.encode())

    assert isinstance(row, NewResident)
    assert row.name == "王秀英"


def test_columns_may_stand_in_any_order_and_in_the_encoding_of_chinese_spreadsheets() -> None:
    row = read_table(
        "姓名,区划代码,公民身份号码".encode("gb18030"), f"王秀英,440304,{NUMBER}".encode("gb18030"), encoding="gb18030"
    )

    assert isinstance(row, NewResident)
    assert row.name == "王秀英"


@pytest.mark.parametrize("head", [b"name,id_number", b"id_number,name,district,phone", NUMBER.encode() + b",a,440304"])
def test_a_table_without_its_three_columns_is_refused_as_a_whole(head: bytes) -> None:
    with pytest.raises(HeaderInvalid):
        read_table(head)


@pytest.mark.parametrize(
    "line", [NUMBER.encode(), b'"' + NUMBER.encode(), b"\xff,\xff,\xff", b'a"b"",c,d\x00', b"x" * (LINE_BYTES_MAX + 1)]
)
def test_a_broken_line_of_a_table_is_a_fault(line: bytes) -> None:
    row = read_table(HEAD, line)

    assert isinstance(row, RowFault)
    assert "19491231" not in row.message


def test_a_blank_line_of_a_table_is_none() -> None:
    assert read_table(HEAD, b"\r") is None
    assert read_table(HEAD, b" , ,") is None


@given(st.binary(max_size=200))
def test_no_line_makes_a_reader_stumble(line: bytes) -> None:
    assert not isinstance(NDJSONReader(TODAY).read(line), NewResident)
    assert not isinstance(read_table(HEAD, line), NewResident)


@given(st.lists(st.binary(max_size=30)), st.integers(1, 7))
def test_lines_are_the_same_however_the_body_is_cut(parts: list[bytes], step: int) -> None:
    body = b"\n".join(parts)
    chunks = [body[i : i + step] for i in range(0, len(body), step)]

    assert lines(*chunks) == lines(body) == (body.split(b"\n") if body.split(b"\n")[-1] else body.split(b"\n")[:-1])


def test_of_an_endless_line_no_more_is_kept_than_shows_that_it_is_too_long() -> None:
    found = lines(*[b"x" * 1000] * 100, b"\nshort")

    assert len(found[0]) <= LINE_BYTES_MAX + 1001
    assert len(found[0]) > LINE_BYTES_MAX
    assert found[1] == b"short"
