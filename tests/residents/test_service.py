from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, func, select, text, update

from verify_service.audit.actor import Actor
from verify_service.audit.records import AuditRecord
from verify_service.kit.crypto import CannotOpen
from verify_service.kit.office import Office
from verify_service.residents import service
from verify_service.residents.errors import (
    BiometricsErased,
    IDNumberInvalid,
    ResidentDiffers,
    ResidentNotFound,
    ResidentUnknown,
)
from verify_service.residents.id_number import check_character
from verify_service.residents.records import ResidentRecord
from verify_service.residents.report import RowFault
from verify_service.residents.service import NewResident, Registered

REGISTRY = Actor("client", "registry")


def number(count: int) -> str:
    first_17 = f"44030419491001{count:03}"
    return first_17 + check_character(first_17)


def person(office: Office, count: int = 1, name: str = "王秀英", district: str = "440304") -> NewResident:
    return service.checked(id_number=number(count), name=name, district=district, today=office.clock.today())


def register(office: Office, new: NewResident) -> Registered:
    with office.transaction() as session:
        return service.register(session, office, new, REGISTRY)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_resident_is_found_by_number_and_name_and_opened_with_the_identity_key(office: Office) -> None:
    ref = register(office, person(office)).record.id

    with office.transaction() as session:
        found = service.find_by_identity(session, office, f" {number(1).lower()} ", "王 秀英")

        assert found.id == ref
        assert found.birth_on == date(1949, 10, 1)
        assert service.id_number(office, found) == number(1)
        assert service.name(office, found) == "王秀英"


def test_an_unknown_number_and_a_wrong_name_get_one_error_after_the_same_work(office: Office, engine: Engine) -> None:
    register(office, person(office))

    answers = []
    for id_number, name in ((number(2), "王秀英"), (number(1), "李秀英")):
        with (
            office.transaction() as session,
            statements(engine) as asked,
            pytest.raises(ResidentNotFound) as caught,
        ):
            service.find_by_identity(session, office, id_number, name)
        answers.append((str(caught.value), asked))

    assert answers[0] == answers[1]
    assert len(answers[0][1]) == 1


def test_what_cannot_be_a_number_is_said_to_be_none(office: Office) -> None:
    with office.transaction() as session, pytest.raises(IDNumberInvalid):
        service.find_by_identity(session, office, "440304194910010020", "王秀英")


def test_registering_again_with_the_same_data_changes_nothing(office: Office) -> None:
    first = register(office, person(office))
    second = register(office, person(office, name="王 秀英"))

    assert (first.created, second.created) == (True, False)
    assert first.record.id == second.record.id
    with office.transaction() as session:
        events = session.scalars(select(AuditRecord.event)).all()
        assert events == ["resident.registered"]


@pytest.mark.parametrize(
    ("name", "district", "fields"),
    [("李秀英", "440304", ("name",)), ("王秀英", "440305", ("district",)), ("李", "440305", ("name", "district"))],
)
def test_the_same_number_with_other_data_is_refused_and_named_by_field(
    office: Office, name: str, district: str, fields: tuple[str, ...]
) -> None:
    register(office, person(office))

    with pytest.raises(ResidentDiffers) as caught:
        register(office, person(office, name=name, district=district))

    assert caught.value.fields == fields


def test_of_two_that_register_a_number_at_once_one_creates_and_the_other_finds(office: Office) -> None:
    entered = threading.Event()
    results: list[Registered] = []

    def second() -> None:
        entered.set()
        results.append(register(office, person(office)))

    with office.transaction() as session:
        first = service.register(session, office, person(office), REGISTRY)
        thread = threading.Thread(target=second)
        thread.start()
        entered.wait()
    thread.join()

    assert first.created
    assert not results[0].created
    assert results[0].record.id == first.record.id


def test_an_import_takes_the_good_rows_and_names_the_bad_ones_in_the_order_of_lines(office: Office) -> None:
    register(office, person(office, 3))
    fault = RowFault("row-unreadable", "it is not JSON")

    with office.transaction() as session:
        rows: list[tuple[int, NewResident | RowFault]] = [
            (1, person(office, 1)),
            (2, fault),
            (4, person(office, 3, "另一个")),
            (5, person(office, 1)),
            (6, person(office, 2)),
        ]
        report = service.import_rows(session, office, rows, REGISTRY)

    assert [(row.line, row.status) for row in report.rows] == [
        (1, "created"),
        (2, "error"),
        (4, "error"),
        (5, "unchanged"),
        (6, "created"),
    ]
    assert report.rows[1].fault == fault
    assert report.rows[2].fault is not None
    assert report.rows[2].fault.code == "resident-differs"
    assert report.rows[0].resident_ref == report.rows[3].resident_ref


def test_two_imports_of_the_same_people_in_opposite_order_both_end(office: Office) -> None:
    people = [(line, person(office, line)) for line in range(1, 30)]
    reports = []

    def import_all(rows: list[tuple[int, NewResident]]) -> None:
        with office.transaction() as session:
            reports.append(service.import_rows(session, office, rows, REGISTRY))

    threads = [threading.Thread(target=import_all, args=(rows,)) for rows in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(report.count("created") for report in reports) == [0, 29]
    assert sum(report.count("error") for report in reports) == 0


def test_neither_number_nor_name_lies_in_the_database_in_the_clear(office: Office, engine: Engine) -> None:
    register(office, person(office))

    with engine.connect() as connection:
        everything = "\n".join(
            str(row)
            for table in ("residents", "audit_entries")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )

    assert number(1) not in everything
    assert "王秀英" not in everything
    assert "王秀英".encode().hex() not in everything
    assert repr("王秀英".encode())[2:-1] not in everything


def test_sealed_values_of_two_residents_cannot_be_swapped(office: Office) -> None:
    one, other = (register(office, person(office, count)).record for count in (1, 2))

    with office.transaction() as session:
        session.execute(
            update(ResidentRecord)
            .where(ResidentRecord.id == one.id)
            .values(identity_key=other.identity_key, name_sealed=other.name_sealed)
        )

    with office.transaction() as session, pytest.raises(CannotOpen):
        service.name(office, service.get(session, one.id))


def test_an_unknown_reference_and_erased_biometrics_are_told(office: Office) -> None:
    record = register(office, person(office)).record
    with office.transaction() as session:
        with pytest.raises(ResidentUnknown):
            service.get(session, UUID(int=0))

        session.execute(update(ResidentRecord).values(biometric_key=None))
        session.refresh(record := service.get(session, record.id))
        with pytest.raises(BiometricsErased):
            service.biometric_key(office, record)


def test_a_registration_that_is_rolled_back_leaves_nothing(office: Office) -> None:
    with office.sessions() as session:
        service.register(session, office, person(office), REGISTRY)
        session.rollback()

    with office.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ResidentRecord)) == 0
        assert session.scalar(select(func.count()).select_from(AuditRecord)) == 0
