from __future__ import annotations

from verify_service.biometrics.media import ebml

HEADER = b"\x1a\x45\xdf\xa3\x82ab"
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
OPEN_SEGMENT = b"\x18\x53\x80\x67" + UNKNOWN
OPEN_CLUSTER = b"\x1f\x43\xb6\x75" + UNKNOWN
BLOCK = b"\xa3\x84abcd"


def test_what_a_browser_records_is_whole_though_nothing_says_where_it_ends() -> None:
    recording = HEADER + OPEN_SEGMENT + OPEN_CLUSTER + BLOCK + BLOCK + OPEN_CLUSTER + BLOCK

    assert ebml.is_whole(recording)


def test_a_recording_cut_inside_any_element_is_not_whole() -> None:
    recording = HEADER + OPEN_SEGMENT + OPEN_CLUSTER + BLOCK + BLOCK
    between_elements = {len(recording) - n * len(BLOCK) for n in (0, 1, 2)} | {
        0,
        len(HEADER),
        len(HEADER + OPEN_SEGMENT),
    }

    whole = {length for length in range(len(recording) + 1) if ebml.is_whole(recording[:length])}

    assert whole == between_elements


def test_a_segment_that_says_its_length_must_have_it_and_may_be_followed_by_anything() -> None:
    closed = HEADER + b"\x18\x53\x80\x67\x86" + BLOCK

    assert ebml.is_whole(closed)
    assert ebml.is_whole(closed + b"\x00\x00 a trailer that is no element")
    assert not ebml.is_whole(closed[:-1])


def test_only_segments_and_clusters_may_be_open_ended() -> None:
    assert not ebml.is_whole(HEADER + OPEN_SEGMENT + b"\xa3\xff" + b"a block without a length")


def test_a_file_of_nothing_but_tiny_elements_is_given_up() -> None:
    void = b"\xec\x80"

    assert ebml.is_whole(HEADER + OPEN_SEGMENT + void * 1_000)
    assert not ebml.is_whole(HEADER + OPEN_SEGMENT + void * ebml.ELEMENTS_MAX)
