from __future__ import annotations

import pytest

from verify_service.biometrics.face.box import Box, blend, intersection_over_union


def test_the_overlap_of_two_boxes_is_a_share_of_what_they_cover_together() -> None:
    first, second = Box(0, 0, 10, 10), Box(5, 0, 10, 10)

    assert intersection_over_union(first, second) == pytest.approx(50 / 150)
    assert intersection_over_union(first, first) == 1.0


def test_boxes_that_only_touch_do_not_overlap() -> None:
    assert intersection_over_union(Box(0, 0, 10, 10), Box(10, 0, 10, 10)) == 0.0


def test_boxes_without_area_overlap_nothing() -> None:
    assert intersection_over_union(Box(0, 0, 0, 0), Box(0, 0, 0, 0)) == 0.0


def test_a_blend_lies_on_the_straight_way() -> None:
    first, second = Box(0, 0, 10, 20), Box(10, 20, 20, 40)

    assert blend(first, second, 0.25) == Box(2.5, 5, 12.5, 25)
    assert blend(first, second, 0.0) == first
    assert blend(first, second, 1.0) == second
