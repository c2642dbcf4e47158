"""After a whole course, nothing that the service wrote holds a name, an ID number or a picture in the clear."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from scripts.demo_client import Unexpected
from scripts.demo_people import Person
from tests.e2e.town import ALLOWANCE, CARD, Cast, Town, another, resident

pytestmark = pytest.mark.slow

PERSON = resident(301, "诸葛留香")
OTHER = resident(302, "司徒问雪")


@dataclass(frozen=True)
class Course:
    """What was sent, and the cases that staff looked at."""

    clips: tuple[bytes, bytes]
    cases: tuple[str, str]


@pytest.fixture(scope="module")
def course(town: Town, cast: Cast) -> Course:
    """Two residents: enrolled, one confirmed by clip, each in review by a replay, one confirmed by staff, validated."""
    for person in (PERSON, OTHER):
        town.enrolled(person)
    clip = another(cast.clip)
    opened = town.open(PERSON)
    town.put_clip(opened, clip)
    seen = town.answer(opened)
    assert seen["status"] == "confirmed"
    _validate(town, opened, seen["confirmation_id"])
    cases = (_in_review(town, town.open(PERSON, CARD), clip), _in_review(town, town.open(OTHER, CARD), clip))
    for case in cases:
        town.desk.answer("GET", f"/v1/cases/{case}/reference")
    return Course((clip, clip), cases)


def _validate(town: Town, opened: dict[str, Any], confirmation_id: str) -> None:
    path = f"/v1/confirmations/{confirmation_id}"
    credential = town.app.call("GET", path, token=opened["token"])["credential"]
    asked = {"credential": credential, "purpose": ALLOWANCE, "id_number": PERSON.id_number}
    assert town.department.call("POST", "/v1/confirmations/validate", json=asked)["stands"]


def _in_review(town: Town, opened: dict[str, Any], clip: bytes) -> str:
    """The case of a clip that was used before."""
    assert town.put_clip(opened, clip).status_code == 202
    assert town.answer(opened)["status"] == "in_review"
    query = "select id::text from cases where verification_id = %s"
    return str(town.value(query, opened["id"]))


def needles(person: Person, cast: Cast, clip: bytes) -> dict[str, bytes]:
    """What must not be found: words of a person, and 64 bytes from within each picture."""
    return {
        "ID number": person.id_number.encode(),
        "name": person.name.encode(),
        "name in JSON": person.name.encode("unicode_escape"),
        "clip's head": clip[:64],
        "clip's middle": clip[len(clip) // 2 :][:64],
        "photo's head": cast.photo[:64],
        "photo's middle": cast.photo[len(cast.photo) // 2 :][:64],
    }


def found_in_files(folder: Path, wanted: dict[str, bytes]) -> set[tuple[str, str]]:
    found = set()
    for path in folder.rglob("*"):
        if not path.is_file() or not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found |= {(name, path.name) for name, needle in wanted.items() if content.find(needle) >= 0}
    return found


def cells(town: Town) -> Iterator[tuple[str, bytes]]:
    """Every value of every table: compressed rows could hide from a search of the files."""
    with psycopg.connect(town.database_url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        for (table,) in tables:
            for row in connection.execute(sql.SQL("select * from {}").format(sql.Identifier(table))):
                for value in row:
                    yield table, value if isinstance(value, bytes) else str(value).encode()


def test_no_table_holds_a_name_a_number_or_a_picture_in_the_clear(town: Town, cast: Cast, course: Course) -> None:
    wanted = {**needles(PERSON, cast, course.clips[0]), **needles(OTHER, cast, course.clips[1])}
    seen = list(cells(town))

    assert {table for table, value in seen if CARD.encode() in value} >= {"verifications"}
    assert {(name, table) for table, value in seen for name, needle in wanted.items() if needle in value} == set()


@pytest.mark.parametrize("person", [PERSON, OTHER], ids=["confirmed", "in review"])
def test_no_file_holds_a_name_a_number_or_a_picture_in_the_clear(
    town: Town, cast: Cast, course: Course, person: Person
) -> None:
    with psycopg.connect(town.database_url, autocommit=True) as connection:
        connection.execute("checkpoint")  # what lay in memory only is in the files now

    # What is not secret is found there: the search looks in the right place.
    assert found_in_files(town.folder / "postgres", {"purpose": CARD.encode()})
    assert found_in_files(town.folder, {"route": b"/v1/verifications"}) >= {("route", "service.log")}
    assert len([path for path in (town.folder / "blobs" / "references").rglob("*") if path.is_file()]) >= 2
    assert found_in_files(town.folder, needles(person, cast, course.clips[0])) == set()


def test_two_sealed_clips_that_were_swapped_are_not_opened(town: Town, course: Course) -> None:
    query = (
        "select clip_path from attempts join cases using (verification_id) where cases.id = any(%s::uuid[]) "
        "order by clip_path"
    )
    one, other = (town.folder / "blobs" / path for (path,) in town.rows(query, list(course.cases)))
    aside = one.with_name("aside")

    def swap() -> None:
        one.rename(aside)
        other.rename(one)
        aside.rename(other)

    swap()
    for case in course.cases:
        with pytest.raises(Unexpected) as refused:
            town.desk.answer("GET", f"/v1/cases/{case}/clip")
        assert "→ 500" in str(refused.value)
        assert '"code":"internal"' in str(refused.value).replace(" ", "")
    swap()

    for case, clip in zip(course.cases, course.clips, strict=True):
        assert town.desk.answer("GET", f"/v1/cases/{case}/clip").content == clip
