"""One face followed through the clip. Pure: sightings at some moments in, the face's place at every moment out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_service.biometrics.face.box import Box, blend, intersection_over_union
from verify_service.biometrics.face.detector import Detection, Points

# Between two sightings the face is where the straight way says. One missed search is bridged (they lie 0.36 to 0.4 s apart),
# two are not.
BRIDGED_SECONDS_MAX = 0.9
# Before the first sighting and after the last one the face stays where it was seen, no longer than this.
HELD_SECONDS_MAX = 0.3


@dataclass(frozen=True)
class Sighting:
    """What the detector found at one moment: no face, one, or more (the widest first)."""

    at: float
    faces: tuple[Detection, ...]


@dataclass(frozen=True)
class Place:
    """Where the followed face is at a moment; `points` as in Detection."""

    at: float
    box: Box
    points: Points


def followed(sightings: Sequence[Sighting]) -> tuple[Place, ...]:
    """The places of one face: it begins as the widest and goes on as the face that overlaps it most.

    Where none overlaps (a cut, a jump of the hand) it goes on as the widest. Whether it is still the same *person* is
    asked of the embeddings, not of the boxes. Sightings without a face are passed over.
    """
    places: list[Place] = []
    for sighting in sightings:
        if sighting.faces:
            last = places[-1].box if places else None
            face = _continuation(sighting.faces, last)
            places.append(Place(sighting.at, face.box, face.points))
    return tuple(places)


def place_at(moment: float, places: Sequence[Place]) -> Place | None:
    """The followed face's place at any moment, in seconds; None where it was lost for too long."""
    before = next((place for place in reversed(places) if place.at <= moment), None)
    after = next((place for place in places if place.at >= moment), None)
    if before is None or after is None:
        held = before or after
        if held is None or abs(held.at - moment) > HELD_SECONDS_MAX:
            return None
        return Place(moment, held.box, held.points)
    if after.at - before.at > BRIDGED_SECONDS_MAX:
        return None
    return _between(before, after, moment)


def second_faces(sightings: Sequence[Sighting], places: Sequence[Place]) -> Iterator[float]:
    """For each sighting in which the followed face was seen: the width of the widest other one over its own, 0 for none."""
    by_moment = {place.at: place for place in places}
    for sighting in sightings:
        own = by_moment.get(sighting.at)
        if own is not None:
            others = [face.box.width for face in sighting.faces if face.box != own.box]
            yield max(others, default=0.0) / own.box.width


def _continuation(faces: Sequence[Detection], last: Box | None) -> Detection:
    if last is None:
        return faces[0]
    nearest = max(faces, key=lambda face: intersection_over_union(face.box, last))
    return nearest if intersection_over_union(nearest.box, last) > 0 else faces[0]


def _between(before: Place, after: Place, moment: float) -> Place:
    if after.at == before.at:
        return before
    weight = (moment - before.at) / (after.at - before.at)
    points = (1 - weight) * before.points + weight * after.points
    return Place(moment, blend(before.box, after.box, weight), points.astype(before.points.dtype))
