from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from verify_service.audit.actor import Actor
from verify_service.consent import service as consents
from verify_service.consent.errors import ConsentMissing
from verify_service.enrolment import service
from verify_service.enrolment.errors import PhotoYearImpossible, ReferenceExists, ReferenceUnknown
from verify_service.enrolment.records import ReferenceRecord
from verify_service.kit.office import Office
from verify_service.residents.records import ResidentRecord

CLIENT = Actor("client", "counter")
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 8


def submit(office: Office, resident: ResidentRecord, **changes: Any) -> ReferenceRecord:
    arguments = {"photo": PHOTO, "photo_year": 2024, "source": "counter", "actor": CLIENT, **changes}
    with office.transaction() as session:
        return service.submit(session, office, resident, **arguments)


def jobs(office: Office) -> list[Any]:
    with office.transaction() as session:
        return list(session.execute(text("SELECT task_name, args FROM procrastinate_jobs")))


def test_a_photo_is_stored_sealed_with_a_job_that_looks_at_it(
    office: Office, resident: ResidentRecord, tmp_path: Path
) -> None:
    reference = submit(office, resident)

    assert (reference.state, reference.media_type, reference.byte_size) == ("pending", "image/jpeg", len(PHOTO))
    assert jobs(office) == [("enrolment.embed_reference", {"reference_id": str(reference.id)})]
    stored = [path.read_bytes() for path in (tmp_path / "blobs").rglob("photo")]
    assert len(stored) == 1
    assert PHOTO[:64] not in stored[0]
    with office.transaction() as session:
        assert service.photo_of(session, office, resident) == service.Photo(PHOTO, "image/jpeg")
        assert service.is_pending(session, resident.id)
        assert service.has_standing_reference(session, resident.id)
        assert not service.has_active(session, resident.id)
        assert service.active_templates(session, office, resident) == []


def test_without_consent_to_enrolment_nothing_is_stored(
    office: Office, resident: ResidentRecord, tmp_path: Path
) -> None:
    with office.transaction() as session:
        consents.withdraw(session, office, resident.id, "enrolment", CLIENT)

    with pytest.raises(ConsentMissing):
        submit(office, resident)

    assert jobs(office) == []
    assert not list((tmp_path / "blobs").rglob("photo"))


def test_a_second_photo_is_refused_even_if_it_is_the_same(
    office: Office, resident: ResidentRecord, tmp_path: Path
) -> None:
    submit(office, resident)

    with pytest.raises(ReferenceExists):
        submit(office, resident)

    assert len(jobs(office)) == 1
    assert len(list((tmp_path / "blobs").rglob("photo"))) == 1


def test_of_two_photos_at_once_one_is_taken_and_one_refused(
    office: Office, resident: ResidentRecord, tmp_path: Path
) -> None:
    refused: list[Exception] = []

    def second() -> None:
        try:
            submit(office, resident, photo=PHOTO + b"2")
        except ReferenceExists as error:
            refused.append(error)

    with office.transaction() as session:
        first = service.submit(session, office, resident, photo=PHOTO, photo_year=None, source="registry", actor=CLIENT)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()  # it waits for the first to commit
    thread.join()

    assert len(refused) == 1
    with office.transaction() as session:
        assert session.scalars(select(ReferenceRecord.id)).all() == [first.id]
    assert len(list((tmp_path / "blobs").rglob("photo"))) == 1


@pytest.mark.parametrize("year", [1949, 2027, -5])
def test_a_photo_of_an_impossible_year_is_refused(office: Office, resident: ResidentRecord, year: int) -> None:
    with pytest.raises(PhotoYearImpossible):
        submit(office, resident, photo_year=year)

    with office.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ReferenceRecord)) == 0


def test_a_resident_without_a_photo_has_no_reference(office: Office, resident: ResidentRecord) -> None:
    with office.transaction() as session:
        with pytest.raises(ReferenceUnknown):
            service.latest(session, resident.id)
        with pytest.raises(ReferenceUnknown):
            service.photo_of(session, office, resident)
        assert not service.has_standing_reference(session, UUID(int=0))
