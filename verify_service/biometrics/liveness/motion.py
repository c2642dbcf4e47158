"""Something in the face moves of itself: the eyes blink, or the mouth opens and closes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify_service.biometrics.evidence import Check, CheckResult
from verify_service.biometrics.face.follower import LANDMARKS_ROLE, FaceTrack, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "motion"
# Around a photographed *closed* eye (median 0.02–0.07) the net's noise alone would be a fall by half. Nobody is asked to
# open the eyes this far: who holds them at 0.06 and closes them still falls by 60 % of the floor.
EYE_FLOOR = 0.1


def check(track: FaceTrack, limits: Limits) -> Check:
    """The stronger of two cues, each in units of its limit, so that the check's limit is 1: the depth of the deepest blink
    over `blink_depth_min`, and the range of the lips' height over `lip_range_min`.

    Frames that fail the gates do not count; with fewer than `motion_frames_min` it is inconclusive.
    """
    faces = measurable(track.faces, limits)
    if len(faces) < max(1, limits.motion_frames_min):
        return Check(NAME, CheckResult.INCONCLUSIVE, None, 1.0, Reason.NOT_MEASURED, LANDMARKS_ROLE)
    blink = blink_depth([face.eye_opening for face in faces]) / limits.blink_depth_min
    mouth = lip_range([face.lip_height for face in faces]) / limits.lip_range_min
    score = max(blink, mouth)
    if score >= 1.0:
        return Check(NAME, CheckResult.PASS, score, 1.0, None, LANDMARKS_ROLE)
    return Check(NAME, CheckResult.FAIL, score, 1.0, Reason.NO_MOTION, LANDMARKS_ROLE)


def blink_depth(openings: Sequence[float]) -> float:
    """How far the eye aspect ratio falls below the person's own median in its second lowest frame, 0 (never) to 1 (shut).

    The second, since one frame may have gone wrong and a blink lasts two or three.

    Relative to the person, never absolute: glasses, ptosis and narrow eyes hold no clip back.
    """
    values = np.sort(np.asarray(openings, np.float64))
    usual = float(np.median(values))
    return (usual - float(values[min(1, len(values) - 1)])) / max(usual, EYE_FLOOR)


def lip_range(heights: Sequence[float]) -> float:
    """Height of the lips from nearly the least to nearly the greatest: a fiftieth of the frames, and at least one, is left out
    at either end, so that one frame gone wrong moves neither."""
    values = np.sort(np.asarray(heights, np.float64))
    out = min(max(1, round(len(values) / 50)), (len(values) - 1) // 2)
    return float(values[len(values) - 1 - out] - values[out])
