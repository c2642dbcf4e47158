from __future__ import annotations

import pytest

from verify_service.biometrics.media.containers import recognise
from verify_service.biometrics.media.errors import Damage, Unreadable, Unsupported, UnsupportedFormat


def box(name: bytes, size: int, body: bytes = b"") -> bytes:
    return size.to_bytes(4, "big") + name + body


FTYP = box(b"ftyp", 12, b"isom")


@pytest.mark.parametrize(
    "content",
    [
        FTYP + box(b"mdat", 10, b"ab"),
        FTYP + box(b"mdat", 0, b"up to the end of the file"),
        FTYP + box(b"mdat", 1, (18).to_bytes(8, "big") + b"ab"),
        box(b"mdat", 10, b"ab") + box(b"moov", 8),
        FTYP + b"\x00\x00\x00\x03 a trailer of some phone's own",
    ],
    ids=["plain", "open end", "64-bit length", "QuickTime without ftyp", "foreign trailer"],
)
def test_an_mp4_whose_boxes_all_end_within_the_file_is_one(content: bytes) -> None:
    assert recognise(content) == "mp4"


@pytest.mark.parametrize(
    "content",
    [FTYP + box(b"mdat", 11, b"ab"), FTYP + box(b"mdat", 1, (19).to_bytes(8, "big") + b"ab"), FTYP[:-1]],
    ids=["body", "64-bit length", "first box"],
)
def test_an_mp4_that_ends_within_a_box_was_cut_off(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        recognise(content)

    assert refusal.value.damage is Damage.CUT_OFF


@pytest.mark.parametrize(
    "beginning",
    [
        b"RIFF\x00\x00\x00\x00AVI ",
        b"OggS\x00\x02",
        b"GIF89a",
        b"ID3\x04",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"FLV\x01\x05",
    ],
)
def test_an_honest_file_of_another_kind_is_unsupported_not_damaged(beginning: bytes) -> None:
    with pytest.raises(UnsupportedFormat) as refusal:
        recognise(beginning + b"\x00" * 100)

    assert refusal.value.what is Unsupported.CONTAINER


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"hello, this is no video at all", b"#EXTM3U\nhttp://example.org/a.ts"]
)
def test_bytes_that_are_no_media_are_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        recognise(content)

    assert refusal.value.damage is Damage.NOT_MEDIA
