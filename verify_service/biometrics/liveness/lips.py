"""The mouth moves as speech does while somebody speaks: a photograph held to the camera under a played voice does not do that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify_service.biometrics.evidence import Check, CheckResult, SpeechSpan
from verify_service.biometrics.face.follower import LANDMARKS_ROLE, FaceTrack, FollowedFace, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "lips"
# Five frames in a row are at most so far apart (four steps of a camera with 10 frames a second). Where they are rarer a
# slowly moved still bends as much as a mouth does.
FIVE_SECONDS_MAX = 0.42


def check(track: FaceTrack, speech: Sequence[SpeechSpan], limits: Limits) -> Check:
    """Movement of the lips while VAD hears speech, at least `lip_movement_min`.

    Only frames that pass the gates count; with fewer than `lip_frames_min` rows of five whose middle is spoken, or without
    speech, it is inconclusive.
    """
    rows = rows_of_five(measurable(track.faces, limits))
    spoken = [row for row in rows if any(span.begins_at <= row[1].at <= span.ends_at for span in speech)]
    bends = [bend(*row) for row in spoken]
    limit = limits.lip_movement_min
    if len(bends) < max(1, limits.lip_frames_min):
        reason = Reason.NOT_MEASURED if speech else Reason.SPEECH_UNCLEAR
        return Check(NAME, CheckResult.INCONCLUSIVE, None, limit, reason, LANDMARKS_ROLE)
    score = movement(bends)
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, LANDMARKS_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.LIPS_STILL, LANDMARKS_ROLE)


def movement(bends: Sequence[float]) -> float:
    """The mean of the bends, none counted for more than three times their median: a finger before the lens or a jolt throws a
    frame or two far off, and the mean of a still would speak."""
    values = np.asarray(bends, np.float64)
    return float(np.minimum(values, 3 * np.median(values)).mean())


def rows_of_five(faces: Sequence[FollowedFace]) -> list[tuple[FollowedFace, FollowedFace, FollowedFace]]:
    """First, third and fifth of every five faces in a row, in order of time, that lie within FIVE_SECONDS_MAX."""
    rows = zip(faces, faces[2:], faces[4:], strict=False)
    return [row for row in rows if row[2].at - row[0].at <= FIVE_SECONDS_MAX]


def bend(before: FollowedFace, now: FollowedFace, after: FollowedFace) -> float:
    """How far the lips' height is from the mean of what it was and will be a sixth of a second away, in lengths of the nose.

    A hand moves a picture smoothly (below 2 Hz) and takes lips and nose along; syllables come 3 to 6 a second; the mesh's
    own noise differs from frame to frame. The second difference over two frames answers most to what lies between: of 44
    good clips the least has 0.044, of 188 stills in a noisy picture the most 0.027; over one frame 0.022 and 0.026.
    """
    return abs(now.lip_height - (before.lip_height + after.lip_height) / 2)
