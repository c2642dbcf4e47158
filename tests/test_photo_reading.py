from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from verify_service.biometrics.inference.manifest import AssetMissing, Manifest
from verify_service.biometrics.pipeline import Eye
from verify_service.decision.thresholds import load_thresholds
from verify_service.enrolment.errors import PhotoUnusable
from verify_service.photo_reading import PhotoReader


@pytest.fixture(scope="module")
def reader(manifest: Manifest) -> Iterator[PhotoReader]:
    try:
        with Eye.load(manifest, load_thresholds().limits, sandbox_required=False) as eye:
            yield PhotoReader(eye)
    except AssetMissing as error:
        pytest.skip(str(error))


def png_of(image: np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]) -> bytes:
    done, encoded = cv2.imencode(".png", image)
    assert done
    return encoded.tobytes()


def test_a_portrait_becomes_a_template(reader: PhotoReader, demo_media: Callable[[str], Path]) -> None:
    template = reader.embed(demo_media("media_portrait").read_bytes())

    assert abs(float(np.linalg.norm(template.vector)) - 1) < 1e-3
    assert len(template.model_sha256) == 64


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (png_of(np.full((400, 300, 3), 128, np.uint8)), "no_face"),
        (png_of(np.full((400, 300, 3), 128, np.uint8))[:200], "unreadable"),
        (b"this is no photo at all", "unreadable"),
    ],
    ids=["an empty wall", "a torn file", "a text"],
)
def test_a_photo_that_cannot_be_used_is_told_the_one_reason(reader: PhotoReader, photo: bytes, reason: str) -> None:
    with pytest.raises(PhotoUnusable) as refused:
        reader.embed(photo)

    assert refused.value.reason == reason
