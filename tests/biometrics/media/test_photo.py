from __future__ import annotations

import struct

import numpy as np
import pytest

from tests.biometrics.media.clips import Recipe, made, photo, picture
from verify_service.biometrics.media.caps import Caps, Sampling
from verify_service.biometrics.media.errors import (
    Damage,
    MediaError,
    OverCap,
    Quantity,
    Unreadable,
    Unsupported,
    UnsupportedFormat,
)
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy

KINDS = [
    ("mjpeg", "yuvj420p"),
    ("mjpeg", "yuvj444p"),
    ("png", "rgb24"),
    ("png", "rgba"),
    ("png", "gray"),
    ("libwebp", "yuv420p"),
]


def exif_jpeg(orientation: int) -> bytes:
    tiff = b"MM" + struct.pack(">HIHHHIHHI", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    segment = b"Exif\x00\x00" + tiff
    plain = photo("mjpeg", "yuvj444p")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + plain[2:]


def refusal(sandbox: DecodeSandbox, content: bytes) -> MediaError:
    with pytest.raises(MediaError) as refused:
        sandbox.photo(content)
    return refused.value


@pytest.mark.parametrize(("codec", "pixel_format"), KINDS)
def test_jpeg_png_and_webp_become_the_picture_that_they_show(
    sandbox: DecodeSandbox, codec: str, pixel_format: str
) -> None:
    image = sandbox.photo(photo(codec, pixel_format)).image

    shown = picture(0, 64, 48).astype(int)
    if pixel_format == "gray":
        image, shown = image.mean(axis=2), shown @ np.array([0.114, 0.587, 0.299])
    assert image.shape == shown.shape
    assert np.abs(image - shown).mean() < 8


def test_a_portrait_from_a_camera_decodes(sandbox: DecodeSandbox, portrait: bytes) -> None:
    decoded = sandbox.photo(portrait)

    assert decoded.image.shape == (600, 444, 3)
    assert 0 < decoded.cpu_seconds < 2


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 1), (8, 3)])
def test_a_photo_is_turned_as_its_exif_says(sandbox: DecodeSandbox, orientation: int, turns: int) -> None:
    plain = sandbox.photo(exif_jpeg(1)).image

    turned = sandbox.photo(exif_jpeg(orientation)).image

    # np.rot90 turns to the left; the camera's owner turns to the right.
    assert np.array_equal(turned, np.rot90(plain, -turns))


def test_a_large_photo_is_scaled_down() -> None:
    with DecodeSandbox(SandboxPolicy(required=True), sampling=Sampling(photo_long_side_max=320)) as sandbox:
        assert sandbox.photo(photo("mjpeg", "yuvj420p", 960, 1_280)).image.shape == (320, 240, 3)


@pytest.mark.parametrize(("codec", "pixel_format"), [("mjpeg", "yuvj420p"), ("png", "rgb24"), ("libwebp", "yuv420p")])
def test_more_pixels_than_the_cap_are_refused_by_the_header(codec: str, pixel_format: str) -> None:
    with DecodeSandbox(SandboxPolicy(required=True), Caps(photo_pixels_max=10_000)) as sandbox:
        refused = refusal(sandbox, photo(codec, pixel_format, 101, 100))
        accepted = sandbox.photo(photo(codec, pixel_format, 100, 100)).image

    assert isinstance(refused, OverCap)
    assert (refused.quantity, refused.value) == (Quantity.PIXELS, 10_100)
    assert accepted.shape == (100, 100, 3)


@pytest.mark.parametrize(("codec", "pixel_format"), [("mjpeg", "yuvj420p"), ("png", "rgb24"), ("libwebp", "yuv420p")])
def test_half_a_photo_is_unreadable(sandbox: DecodeSandbox, codec: str, pixel_format: str) -> None:
    whole = photo(codec, pixel_format, 320, 240)

    refused = refusal(sandbox, whole[: len(whole) // 2])

    assert isinstance(refused, Unreadable)
    assert refused.damage is Damage.DECODER_ERROR


def test_a_clip_or_another_kind_of_picture_is_no_photo(sandbox: DecodeSandbox) -> None:
    for content in (
        made(Recipe(times=(0.0, 0.04), tone=None)),
        b"GIF89a" + bytes(20),
        b"\x00\x00\x00\x18ftypheic" + bytes(20),
    ):
        refused = refusal(sandbox, content)
        assert isinstance(refused, UnsupportedFormat)
        assert refused.what is Unsupported.CONTAINER


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"RIFF\x00\x00\x00\x00WEBP", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]
)
def test_no_picture_at_all_is_unreadable(sandbox: DecodeSandbox, content: bytes) -> None:
    assert isinstance(refusal(sandbox, content), Unreadable)
