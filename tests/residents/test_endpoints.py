from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.residents.api import API, Caller, id_number, row
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.problems import kind_of
from verify_service.residents import endpoints
from verify_service.residents.errors import DistrictInvalid, NameInvalid, ResidentDiffers, WrongCheckCharacter
from verify_service.residents.records import ResidentRecord
from verify_service.residents.report import fault_of

NDJSON, CSV = {"Content-Type": "application/x-ndjson"}, {"Content-Type": "text/csv"}


@pytest.fixture
def api(office: Office) -> API:
    return API(office, endpoints.router)


@pytest.fixture
def registry(api: API) -> Caller:
    return api.client("registry")


def ndjson(*rows: dict[str, Any] | str) -> bytes:
    return "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows).encode()


def residents(office: Office) -> int:
    with office.transaction() as session:
        return session.scalar(select(func.count()).select_from(ResidentRecord)) or 0


def test_a_resident_is_registered_and_can_be_read_without_number_and_name(registry: Caller) -> None:
    created = registry("POST", "/v1/residents", json=row())

    assert created.status_code == 201
    assert created.headers["location"] == f"/v1/residents/{created.json()['resident_ref']}"
    read = registry("GET", created.headers["location"])
    assert read.json() == created.json()
    assert set(read.json()) == {"resident_ref", "district", "imported_at"}


def test_the_same_again_is_the_same_resident_and_other_data_are_a_conflict(registry: Caller, office: Office) -> None:
    first = registry("POST", "/v1/residents", json=row())
    second = registry("POST", "/v1/residents", json=row(name=" 王 秀英"))
    other = registry("POST", "/v1/residents", json=row(name="李秀英"))

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == second.json()
    assert other.json()["code"] == "resident-differs"
    assert "another name" in other.json()["detail"]
    assert residents(office) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": id_number(1)[:-1] + "?"}, "id-number-invalid"),
        ({"name": "  "}, "name-invalid"),
        ({"district": "Futian"}, "district-invalid"),
        ({"phone": "1"}, "invalid-request"),
        ({"name": 5}, "invalid-request"),
    ],
)
def test_a_bad_resident_is_refused_without_repeating_the_number(
    registry: Caller, office: Office, changes: dict[str, Any], code: str
) -> None:
    answer = registry("POST", "/v1/residents", json={**row(), **changes})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "19491001" not in answer.text
    assert residents(office) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"id_number": "\\ud800"}'])
def test_what_is_no_json_object_is_refused(registry: Caller, body: bytes) -> None:
    answer = registry("POST", "/v1/residents", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def test_of_a_file_good_rows_are_taken_and_bad_ones_named_with_their_reason(registry: Caller, office: Office) -> None:
    body = ndjson(row(1), "{", "", row(2, name=""), row(1), row(3, district="4403"), row(1, name="李四"), row(4))

    answer = registry("POST", "/v1/residents", content=body, headers=NDJSON)

    report = answer.json()
    assert answer.status_code == 200
    assert (report["created"], report["unchanged"], report["errors"]) == (2, 1, 4)
    assert [(r["line"], r["status"], r.get("code")) for r in report["rows"]] == [
        (1, "created", None),
        (2, "error", "row-unreadable"),
        (4, "error", "name-invalid"),
        (5, "unchanged", None),
        (6, "error", "district-invalid"),
        (7, "error", "resident-differs"),
        (8, "created", None),
    ]
    assert report["rows"][0]["resident_ref"] == report["rows"][3]["resident_ref"]
    assert all(r["message"] for r in report["rows"] if r["status"] == "error")
    assert residents(office) == 2


def test_a_file_sent_again_changes_nothing(registry: Caller, office: Office) -> None:
    body = ndjson(*(row(count) for count in range(120)))

    first = registry("POST", "/v1/residents", content=body, headers=NDJSON).json()
    second = registry("POST", "/v1/residents", content=body, headers=NDJSON).json()

    assert (first["created"], second["unchanged"]) == (120, 120)
    assert [r["resident_ref"] for r in first["rows"]] == [r["resident_ref"] for r in second["rows"]]


def test_a_table_is_taken_as_a_spreadsheet_writes_it(registry: Caller) -> None:
    table = f"姓名,身份证号,区划代码\r\n王秀英,{id_number(1)},440304\r\n\r\n李国强,{id_number(2)}\r\n".encode("gb18030")

    answer = registry("POST", "/v1/residents", content=table, headers={"Content-Type": "text/csv; charset=GB18030"})

    assert [(r["line"], r["status"]) for r in answer.json()["rows"]] == [(2, "created"), (4, "error")]


def test_a_table_without_its_columns_is_refused_and_nothing_is_taken(registry: Caller, office: Office) -> None:
    answer = registry("POST", "/v1/residents", content=f"{id_number(1)},王秀英,440304".encode(), headers=CSV)

    assert (answer.status_code, answer.json()["code"]) == (422, "import-invalid")
    assert residents(office) == 0


@pytest.mark.parametrize(
    "media_type", ["application/xml", "text/plain", "multipart/form-data", "text/csv; charset=utf-16", ""]
)
def test_a_form_that_is_not_taken_is_told_with_those_that_are(registry: Caller, media_type: str) -> None:
    answer = registry("POST", "/v1/residents", content=b"x", headers={"Content-Type": media_type})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert "application/x-ndjson" in answer.json()["detail"]


def test_one_resident_too_large_is_refused(registry: Caller) -> None:
    answer = registry("POST", "/v1/residents", json=row(name="x" * 20_000))

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_file_over_the_limit_is_refused(registry: Caller, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "FILE_BYTES_MAX", 10_000)

    answer = registry("POST", "/v1/residents", content=ndjson(*map(row, range(300))), headers=NDJSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert residents(office) == 0


def test_a_file_of_too_many_rows_keeps_those_before_and_says_so(
    registry: Caller, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "FILE_ROWS_MAX", 60)

    answer = registry("POST", "/v1/residents", content=ndjson(*map(row, range(70))), headers=NDJSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-many-rows")
    assert residents(office) == 60


def test_only_the_registry_registers(api: API, office: Office) -> None:
    wrong = [(api.nobody, 401), (api.client("mobile", "validate"), 403), (api.staff("supervisor", "Anna"), 403)]

    for caller, status in wrong:
        assert caller("POST", "/v1/residents", json=row()).status_code == status
        assert caller("POST", "/v1/residents", content=ndjson(row()), headers=NDJSON).status_code == status
        assert caller("GET", f"/v1/residents/{UUID(int=1)}").status_code == status
    assert residents(office) == 0


def test_an_expired_token_registers_nobody(api: API, office: Office, clock: HeldClock) -> None:
    registry = api.client("registry", days=1)
    clock.advance(timedelta(days=2))

    answer = registry("POST", "/v1/residents", json=row())

    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")
    assert residents(office) == 0


@pytest.mark.parametrize("ref", [str(UUID(int=0)), "nobody", "440304194910010012"])
def test_who_is_not_there_is_not_found_or_not_named_so(registry: Caller, ref: str) -> None:
    assert registry("GET", f"/v1/residents/{ref}").status_code in (404, 422)


def test_the_same_resident_sent_many_times_at_once_is_registered_once(registry: Caller, office: Office) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(registry("POST", "/v1/residents", json=row()))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["resident_ref"] for answer in answers}) == 1
    assert residents(office) == 1


@pytest.mark.parametrize(
    "error", [WrongCheckCharacter(), NameInvalid(), DistrictInvalid("x"), ResidentDiffers(("name",))]
)
def test_a_row_is_told_the_same_code_as_a_resident_sent_alone(error: Exception) -> None:
    kind = kind_of(error)

    assert kind is not None
    assert fault_of(error).code == kind.code  # type: ignore[arg-type]
