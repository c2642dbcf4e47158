from __future__ import annotations

from pathlib import Path

import pytest

from scripts.evaluation.bona_fide import as_phones_send, genuine_clips
from scripts.evaluation.footage import read
from scripts.evaluation.trials import Library


def test_no_clip_is_compared_with_a_picture_that_it_holds(shared_media: Path) -> None:
    clips = genuine_clips(shared_media)

    assert len(clips) == 45
    assert all(bool(clip.leave_out) == clip.is_own_reference for clip in clips)
    # reference_s1.jpg is a frame of this one.
    (holds_reference,) = [clip for clip in clips if clip.source == "grid/s1_bbir6n.mp4"]
    assert holds_reference.reference.source == "grid/s1_bgan4n.mp4"


def test_a_phones_variant_shows_the_same_at_another_size_and_light(library: Library) -> None:
    source = "digits/s1_4751_01.mp4"
    ways = as_phones_send(source)
    plain = library.footage(source)

    smaller, darker = (read(ways[name].make(library)) for name in ("smaller by 30 %", "darker by 30 %, with noise"))

    assert smaller.size == (252, 202)
    assert darker.images[0].mean() == pytest.approx(0.7 * plain.images[0].mean(), rel=0.05)
