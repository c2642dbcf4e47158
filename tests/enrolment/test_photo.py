from __future__ import annotations

import cv2
import numpy as np
import pytest

from verify_service.enrolment.errors import PhotoEmpty, PhotoTypeUnsupported
from verify_service.enrolment.photo import announced, media_type_of


@pytest.mark.parametrize(
    ("suffix", "media_type"), [(".jpg", "image/jpeg"), (".png", "image/png"), (".webp", "image/webp")]
)
def test_a_picture_is_known_by_its_first_bytes(suffix: str, media_type: str) -> None:
    _, encoded = cv2.imencode(suffix, np.zeros((8, 8, 3), dtype=np.uint8))

    assert media_type_of(encoded.tobytes()) == media_type


@pytest.mark.parametrize("content", [b"GIF89a", b"%PDF-1.7", b"<svg", b"RIFF\0\0\0\0WAVE", b"\xff\xd8", b"\0" * 100])
def test_what_begins_like_none_of_the_three_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoTypeUnsupported):
        media_type_of(content)


def test_nothing_is_no_photo() -> None:
    with pytest.raises(PhotoEmpty):
        media_type_of(b"")


def test_the_announced_type_must_be_one_of_the_three() -> None:
    assert announced("Image/JPEG; charset=binary") == "image/jpeg"
    for wrong in (None, "", "image/gif", "application/octet-stream", "image/*"):
        with pytest.raises(PhotoTypeUnsupported):
            announced(wrong)
