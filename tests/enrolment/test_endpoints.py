from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.residents.api import API, Caller, row
from verify_service.consent.endpoints import router as consents
from verify_service.enrolment.embedder import ReferenceEmbedder
from verify_service.enrolment.endpoints import router as enrolment
from verify_service.enrolment.jobs import embed_reference
from verify_service.enrolment.photo import BYTES_MAX
from verify_service.kit.office import Office
from verify_service.residents.endpoints import router as residents

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 8
JPEG = {"Content-Type": "image/jpeg"}
Embedders = Callable[..., ReferenceEmbedder]


@pytest.fixture
def api(office: Office) -> API:
    return API(office, residents, consents, enrolment)


@pytest.fixture
def registry(api: API) -> Caller:
    return api.client("registry")


@pytest.fixture
def url(registry: Caller) -> str:
    """The address of the reference of a resident who has agreed to be enrolled."""
    ref = registry("POST", "/v1/residents", json=row()).json()["resident_ref"]
    given = {"purpose": "enrolment", "text_version": "enrolment-2026-11"}
    registry("POST", f"/v1/residents/{ref}/consents", json=given)
    return f"/v1/residents/{ref}/reference"


@pytest.fixture
def photos(tmp_path: Path) -> Callable[[], int]:
    return lambda: len(list((tmp_path / "blobs").rglob("photo")))


def digest(content: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}


def test_a_photo_is_accepted_pending_and_becomes_active(
    registry: Caller, url: str, office: Office, embedder: Embedders
) -> None:
    accepted = registry(
        "PUT", f"{url}?photo_year=2024&source=counter", content=PHOTO, headers={**JPEG, **digest(PHOTO)}
    )

    assert accepted.status_code == 202
    assert accepted.json()["status_url"] == url
    assert registry("GET", url).json()["state"] == "pending"
    embed_reference(office, embedder(), UUID(accepted.json()["reference_id"]))
    read = registry("GET", url).json()
    assert (read["state"], read["photo_year"], read["source"], read["advice"]) == ("active", 2024, "counter", [])


def test_a_second_photo_is_a_conflict(registry: Caller, url: str, photos: Callable[[], int]) -> None:
    registry("PUT", url, content=PHOTO, headers=JPEG)

    again = registry("PUT", url, content=PHOTO, headers=JPEG)

    assert (again.status_code, again.json()["code"]) == (409, "reference-exists")
    assert photos() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "请擦净镜头"), ("zh-HK", "請抹乾淨鏡頭"), ("en", "Please wipe the lens")]
)
def test_a_rejected_photo_is_told_in_the_clerks_language_and_another_may_come(
    registry: Caller, url: str, office: Office, embedder: Embedders, language: str, words: str
) -> None:
    accepted = registry("PUT", url, content=PHOTO, headers=JPEG).json()
    embed_reference(office, embedder(reason="blurred"), UUID(accepted["reference_id"]))

    read = registry("GET", url, headers={"Accept-Language": language}).json()

    assert (read["state"], read["advice"][0]["code"]) == ("rejected", "blurred")
    assert words in read["advice"][0]["message"]
    assert registry("PUT", url, content=PHOTO, headers=JPEG).status_code == 202
    assert registry("GET", url).json()["state"] == "pending"


def test_without_consent_no_photo_is_taken(registry: Caller, photos: Callable[[], int]) -> None:
    ref = registry("POST", "/v1/residents", json=row()).json()["resident_ref"]

    answer = registry("PUT", f"/v1/residents/{ref}/reference", content=PHOTO, headers=JPEG)

    assert (answer.status_code, answer.json()["code"]) == (409, "consent-missing")
    assert photos() == 0


@pytest.mark.parametrize(
    ("content", "headers", "query", "expected"),
    [
        (PHOTO, {"Content-Type": "image/gif"}, "", (415, "unsupported-media-type")),
        (PHOTO, {"Content-Type": "application/json"}, "", (415, "unsupported-media-type")),
        (PHOTO, {}, "", (415, "unsupported-media-type")),
        (b"%PDF-1.7 no photo", JPEG, "", (415, "unsupported-media-type")),
        (b"", JPEG, "", (422, "photo-empty")),
        (PHOTO + bytes(BYTES_MAX), JPEG, "", (413, "too-large")),
        (PHOTO, {**JPEG, **digest(PHOTO + b"!")}, "", (422, "digest-mismatch")),
        (PHOTO, {**JPEG, "Content-Digest": "md5=:AA==:"}, "", (400, "digest-unreadable")),
        (PHOTO, JPEG, "?photo_year=2027", (422, "photo-year-impossible")),
        (PHOTO, JPEG, "?photo_year=soon", (422, "invalid-request")),
        (PHOTO, JPEG, "?source=neighbour", (422, "invalid-request")),
    ],
)
def test_what_is_no_good_photo_is_refused_and_nothing_is_stored(
    registry: Caller,
    url: str,
    photos: Callable[[], int],
    content: bytes,
    headers: dict[str, str],
    query: str,
    expected: tuple[int, str],
) -> None:
    answer = registry("PUT", url + query, content=content, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == expected
    assert photos() == 0
    assert registry("GET", url).json()["code"] == "reference-not-found"


def test_of_many_photos_at_once_one_is_taken(registry: Caller, url: str, photos: Callable[[], int]) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(registry("PUT", url, content=PHOTO, headers=JPEG)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5
    assert photos() == 1


def test_photos_come_from_counters_and_the_registry_only(api: API, url: str, photos: Callable[[], int]) -> None:
    for caller, status in ((api.nobody, 401), (api.client("mobile"), 403), (api.staff("supervisor", "Anna"), 403)):
        assert caller("PUT", url, content=PHOTO, headers=JPEG).status_code == status
        assert caller("GET", url).status_code == status
    assert photos() == 0


def test_a_photo_of_nobody_is_refused(registry: Caller) -> None:
    answer = registry("PUT", f"/v1/residents/{UUID(int=1)}/reference", content=PHOTO, headers=JPEG)

    assert (answer.status_code, answer.json()["code"]) == (404, "resident-not-found")
