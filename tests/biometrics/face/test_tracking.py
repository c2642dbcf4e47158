from __future__ import annotations

import numpy as np
import pytest

from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.detector import Detection
from verify_service.biometrics.face.tracking import Sighting, followed, place_at, second_faces

POINTS = np.array([[10, 10], [20, 10], [15, 15], [11, 20], [19, 20]], np.float32)


def found(left: float, width: float = 100) -> Detection:
    return Detection(Box(left, 50, width, width), POINTS + left, 0.9)


def test_the_face_goes_on_as_the_one_that_overlaps_it_even_if_another_is_wider() -> None:
    sightings = [Sighting(0.0, (found(0),)), Sighting(0.24, (found(200, 150), found(5)))]

    assert [place.box.left for place in followed(sightings)] == [0, 5]


def test_after_a_cut_the_face_goes_on_as_the_widest() -> None:
    sightings = [Sighting(0.0, (found(0),)), Sighting(0.24, (found(300, 80), found(150, 60)))]

    assert [place.box.left for place in followed(sightings)] == [0, 300]


def test_one_missed_search_is_bridged_on_the_straight_way() -> None:
    places = followed([Sighting(0.0, (found(0),)), Sighting(0.24, ()), Sighting(0.48, (found(48),))])

    place = place_at(0.12, places)

    assert place is not None
    assert place.box.left == pytest.approx(12)
    assert place.points[0] == pytest.approx([22, 22])


def test_a_face_that_was_away_for_longer_has_no_place_meanwhile() -> None:
    places = followed([Sighting(0.0, (found(0),)), Sighting(1.0, (found(48),))])

    assert place_at(0.5, places) is None
    assert place_at(1.0, places) is not None


def test_after_the_last_sighting_the_face_stays_for_a_moment_only() -> None:
    places = followed([Sighting(0.0, (found(7),))])

    held = place_at(0.3, places)

    assert held is not None
    assert held.box.left == 7
    assert place_at(0.31, places) is None


def test_without_a_sighting_there_is_no_place() -> None:
    assert followed([Sighting(0.0, ())]) == ()
    assert place_at(0.0, ()) is None


def test_a_second_face_is_measured_by_the_followed_ones_width() -> None:
    sightings = [Sighting(0.0, (found(0),)), Sighting(0.24, ()), Sighting(0.48, (found(0), found(200, 40)))]

    assert list(second_faces(sightings, followed(sightings))) == [0.0, 0.4]
