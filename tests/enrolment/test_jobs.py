from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, update

from tests.enrolment.eye import DigestEmbedder
from verify_service.audit.actor import Actor
from verify_service.audit.records import AuditRecord
from verify_service.biometrics.reasons import Reason
from verify_service.consent import service as consents
from verify_service.enrolment import service
from verify_service.enrolment.advice import ADVICE, advice_for
from verify_service.enrolment.embedder import ReferenceEmbedder
from verify_service.enrolment.jobs import STARTS_MAX, embed_reference, sweep
from verify_service.enrolment.records import ReferenceRecord
from verify_service.enrolment.states import ReferenceState
from verify_service.kit.blobs import BlobMissing
from verify_service.kit.crypto import CannotOpen
from verify_service.kit.languages import LANGUAGES
from verify_service.kit.office import Office
from verify_service.residents.records import ResidentRecord

CLIENT = Actor("client", "counter")
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 8
Embedders = Callable[..., ReferenceEmbedder]


@pytest.fixture
def reference(office: Office, resident: ResidentRecord) -> ReferenceRecord:
    return submit(office, resident)


def submit(office: Office, resident: ResidentRecord) -> ReferenceRecord:
    with office.transaction() as session:
        return service.submit(session, office, resident, photo=PHOTO, photo_year=2024, source="counter", actor=CLIENT)


def events(office: Office) -> list[str]:
    with office.transaction() as session:
        found = session.scalars(select(AuditRecord.event).order_by(AuditRecord.sequence))
        return [event for event in found if event.startswith("reference.")]


def photos(tmp_path: Path) -> int:
    return len(list((tmp_path / "blobs").rglob("photo")))


def test_a_good_photo_becomes_the_active_reference(
    office: Office, resident: ResidentRecord, reference: ReferenceRecord, embedder: Embedders
) -> None:
    assert embed_reference(office, embedder(), reference.id) is ReferenceState.ACTIVE

    with office.transaction() as session:
        (template,) = service.active_templates(session, office, resident)
        stored = service.latest(session, resident.id)
    assert np.array_equal(template.vector, embedder().embed(PHOTO).vector)
    assert stored.template_sealed is not None
    assert template.vector.tobytes() not in stored.template_sealed
    assert events(office) == ["reference.submitted", "reference.active"]


def test_doing_it_again_changes_nothing(office: Office, reference: ReferenceRecord, embedder: Embedders) -> None:
    embed_reference(office, embedder(), reference.id)

    assert embed_reference(office, embedder(reason="blurred"), reference.id) is ReferenceState.ACTIVE
    assert events(office) == ["reference.submitted", "reference.active"]


def test_an_unusable_photo_is_rejected_with_its_reason_and_erased_and_another_may_be_sent(
    office: Office, resident: ResidentRecord, reference: ReferenceRecord, embedder: Embedders, tmp_path: Path
) -> None:
    assert embed_reference(office, embedder(reason="blurred"), reference.id) is ReferenceState.REJECTED

    assert photos(tmp_path) == 0
    with office.transaction() as session:
        assert service.latest(session, resident.id).reason == "blurred"
        assert not service.has_standing_reference(session, resident.id)

    second = submit(office, resident)
    assert embed_reference(office, embedder(), second.id) is ReferenceState.ACTIVE
    with office.transaction() as session:
        assert service.latest(session, resident.id).id == second.id


def test_a_photo_whose_consent_was_withdrawn_meanwhile_is_erased_unseen(
    office: Office, resident: ResidentRecord, reference: ReferenceRecord, tmp_path: Path
) -> None:
    with office.transaction() as session:
        consents.withdraw(session, office, resident.id, "enrolment", CLIENT)
    eye = DigestEmbedder()

    assert embed_reference(office, eye, reference.id) is ReferenceState.ERASED

    assert (eye.seen, photos(tmp_path)) == (0, 0)
    assert events(office) == ["reference.submitted", "reference.erased"]


def test_of_two_workers_at_once_one_decides(office: Office, reference: ReferenceRecord, embedder: Embedders) -> None:
    class Slow:
        """While it looks, another worker takes the same job and finishes it."""

        def embed(self, photo: bytes) -> object:
            embed_reference(office, embedder(reason="blurred"), reference.id)
            return embedder().embed(photo)

    assert embed_reference(office, Slow(), reference.id) is ReferenceState.REJECTED  # type: ignore[arg-type]
    assert events(office) == ["reference.submitted", "reference.rejected"]


def test_a_photo_that_stops_its_worker_again_and_again_is_rejected(
    office: Office, reference: ReferenceRecord, embedder: Embedders
) -> None:
    for _ in range(STARTS_MAX):
        with pytest.raises(MemoryError):
            embed_reference(office, embedder(raises=MemoryError()), reference.id)

    assert embed_reference(office, embedder(), reference.id) is ReferenceState.REJECTED
    assert advice_for("unreadable", "en").startswith("The photo cannot be opened")


def test_a_store_that_does_not_answer_is_no_fault_of_the_photo(
    office: Office, reference: ReferenceRecord, embedder: Embedders
) -> None:
    office.blobs.delete(reference.photo_path)

    for _ in range(STARTS_MAX + 1):
        with pytest.raises(BlobMissing):
            embed_reference(office, embedder(), reference.id)

    with office.transaction() as session:
        assert service.is_pending(session, reference.resident_ref)


def test_a_template_under_another_models_name_cannot_be_opened(
    office: Office, resident: ResidentRecord, reference: ReferenceRecord, embedder: Embedders
) -> None:
    embed_reference(office, embedder(), reference.id)

    with office.transaction() as session:
        session.execute(update(ReferenceRecord).values(model_sha256="b" * 64))
        with pytest.raises(CannotOpen):
            service.active_templates(session, office, resident)


def test_the_sweep_takes_photos_that_no_reference_names_and_no_others(
    office: Office, reference: ReferenceRecord, tmp_path: Path
) -> None:
    office.blobs.put("references/torn/photo", b"left by a killed API")
    later, before = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)

    assert sweep(office, older_than=before) == 0
    assert sweep(office, older_than=later) == 1
    assert photos(tmp_path) == 1
    assert office.blobs.get(reference.photo_path)


def test_every_reason_that_a_photo_can_have_is_told_in_every_language() -> None:
    for reason, texts in ADVICE.items():
        assert reason in set(Reason)
        assert len({texts.say(language) for language in LANGUAGES}) == len(LANGUAGES)
    assert advice_for("something new", "en") == advice_for("unreadable", "en")
