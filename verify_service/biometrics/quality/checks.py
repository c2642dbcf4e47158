"""Can the clip be judged at all? Limits of their own: a dark or distant face of the right person still compares well
(0.64–0.77 and 0.67–0.78, design notes MODELS §2), so the comparison says nothing about the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from verify_service.biometrics.evidence import Check, CheckResult
from verify_service.biometrics.face.follower import DETECTOR_ROLE, LANDMARKS_ROLE, FaceTrack
from verify_service.biometrics.face.landmarks import share_inside
from verify_service.biometrics.face.tracking import second_faces
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.quality.appearance import Appearance
from verify_service.biometrics.reasons import Reason

# Points of MediaPipe's mesh: the outer line of the lips, and the chin below them.
SPEAKING_PART = [
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    *(18, 83, 313, 200, 199, 201, 421, 208, 428),
]


def checks(
    track: FaceTrack, looks: Sequence[Appearance], limits: Limits, picture: float | None = None
) -> tuple[Check, ...]:
    """All checks of quality, always the same names in the same order.

    `picture` is the brightness of the whole picture (`picture_luma`). Where no face was followed, all but the first are
    inconclusive for `no_face`, unless the whole picture is too dark or too bright to show one.
    """
    lit, not_glaring = light(looks, limits, picture)
    causes = (distance(track, limits), nearness(track, limits), lit, not_glaring, sharp(track, looks, limits))
    return (
        # A face that was lost now and then was lost for a reason that the others may know: that is what the person can mend.
        _explained(face_seen(track, limits), *causes, turn(track, limits)),
        one_face(track, limits),
        *causes,
        turn(track, limits),
        _explained(uncovered(track, limits), *causes),
        _explained(mouth_uncovered(looks, limits), *causes),
        _explained(eyes_uncovered(looks, limits), *causes),
    )


def face_seen(track: FaceTrack, limits: Limits) -> Check:
    """Share of searches that found a face, at least `face_seen_share_min`."""
    score = len(track.places) / len(track.sightings) if track.sightings else None
    return _at_least("face_seen", score, limits.face_seen_share_min, Reason.NO_FACE, DETECTOR_ROLE)


def one_face(track: FaceTrack, limits: Limits) -> Check:
    """Share of searches with a second face beside the followed one, at most `second_face_share_max`.

    A face counts from `second_face_ratio_min` of the followed one's width: a portrait on the wall or somebody in the
    back of the room is no second person before the camera.
    """
    ratios = list(second_faces(track.sightings, track.places))
    score = sum(ratio >= limits.second_face_ratio_min for ratio in ratios) / len(ratios) if ratios else None
    return _at_most("one_face", score, limits.second_face_share_max, Reason.MANY_FACES, DETECTOR_ROLE)


def distance(track: FaceTrack, limits: Limits) -> Check:
    """Median width of the face's box in pixels of the sampled frames (long side at most 720)."""
    score = _median([place.box.width for place in track.places])
    return _at_least("face_width", score, limits.face_width_pixels_min, Reason.TOO_FAR, DETECTOR_ROLE)


def nearness(track: FaceTrack, limits: Limits) -> Check:
    """Median share of the face that lies within the picture: of all of it, or of mouth and chin, whichever is less.

    A mouth at the picture's edge is 4 % of the face and all of what liveness reads.
    """
    size = track.picture_width, track.picture_height
    shares = [min(face.inside, share_inside(face.landmarks.mesh[SPEAKING_PART], *size)) for face in track.faces]
    score = _median(shares)
    return _at_least("face_inside", score, limits.face_inside_share_min, Reason.TOO_NEAR, DETECTOR_ROLE)


def light(looks: Sequence[Appearance], limits: Limits, picture: float | None = None) -> tuple[Check, Check]:
    """Median brightness of the face, 0–255, held against both ends.

    Where no face was seen a whole picture beyond either end fails for it; within them it tells nothing.
    """
    score = _median([look.luma for look in looks])
    if score is None and picture is not None and not limits.face_luma_min <= picture <= limits.face_luma_max:
        score = picture
    return (
        _at_least("face_lit", score, limits.face_luma_min, Reason.TOO_DARK),
        _at_most("face_not_glaring", score, limits.face_luma_max, Reason.TOO_BRIGHT),
    )


def sharp(track: FaceTrack, looks: Sequence[Appearance], limits: Limits) -> Check:
    """Median `detail` of the face (quality.appearance). Inconclusive where a distant face had no detail to lose."""
    score = _median([look.detail for look in looks])
    check = _at_least("face_sharp", score, limits.face_sharpness_min, Reason.BLURRED)
    return _explained(check, distance(track, limits))


def turn(track: FaceTrack, limits: Limits) -> Check:
    """Median turn of the head to either side, degrees."""
    score = _median([abs(face.pose.yaw) for face in track.faces])
    return _at_most("face_frontal", score, limits.face_yaw_degrees_max, Reason.FACE_TURNED, LANDMARKS_ROLE)


def uncovered(track: FaceTrack, limits: Limits) -> Check:
    """Share of frames in which the mesh net, too, sees a face where the detector followed one.

    A face that is cut by the picture's edge or blurred is lost to the mesh net as well: `checks` explains it by that. A mask
    before the mouth or dark glasses do not move the net's confidence: the two checks that follow answer for them.
    """
    score = None
    if track.faces:
        score = sum(f.landmarks.presence >= limits.landmarks_presence_min for f in track.faces) / len(track.faces)
    return _at_least("face_uncovered", score, limits.face_uncovered_share_min, Reason.FACE_COVERED, LANDMARKS_ROLE)


def mouth_uncovered(looks: Sequence[Appearance], limits: Limits) -> Check:
    """Median of `mouth_tint`, at most `mouth_tint_distance_max`: a mask in another colour than skin lies beyond."""
    score = _median([look.mouth_tint for look in looks])
    return _at_most("mouth_uncovered", score, limits.mouth_tint_distance_max, Reason.FACE_COVERED)


def eyes_uncovered(looks: Sequence[Appearance], limits: Limits) -> Check:
    """Median of `eye_light`, at least `eye_light_ratio_min`: dark glasses lie below."""
    score = _median([look.eye_light for look in looks])
    return _at_least("eyes_uncovered", score, limits.eye_light_ratio_min, Reason.FACE_COVERED)


def _explained(check: Check, *causes: Check) -> Check:
    """A failure that another one explains is no finding of its own: inconclusive, for the other's reason.

    That no face was seen explains nothing.
    """
    for cause in causes:
        is_open = cause.result is not CheckResult.PASS and cause.reason != Reason.NO_FACE
        if check.result is CheckResult.FAIL and is_open:
            return replace(check, result=CheckResult.INCONCLUSIVE, reason=cause.reason)
    return check


def _at_least(name: str, score: float | None, limit: float, reason: Reason, model: str | None = None) -> Check:
    return _check(name, score, limit, score is not None and score >= limit, reason, model)


def _at_most(name: str, score: float | None, limit: float, reason: Reason, model: str | None = None) -> Check:
    return _check(name, score, limit, score is not None and score <= limit, reason, model)


def _check(name: str, score: float | None, limit: float, passed: bool, reason: Reason, model: str | None) -> Check:
    if score is None:
        return Check(name, CheckResult.INCONCLUSIVE, None, limit, Reason.NO_FACE, model)
    if passed:
        return Check(name, CheckResult.PASS, score, limit, None, model)
    return Check(name, CheckResult.FAIL, score, limit, reason, model)


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
