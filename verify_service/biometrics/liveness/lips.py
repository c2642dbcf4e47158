"""The mouth moves as speech does while somebody speaks: a photograph held to the camera under a played voice does not do that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify_service.biometrics.evidence import Check, CheckResult, SpeechSpan
from verify_service.biometrics.face.follower import LANDMARKS_ROLE, FaceTrack, FollowedFace, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "lips"
# Three frames in a row are at most so far apart (two steps of a camera with 10 frames a second). Where they are rarer a
# slowly moved still bends as much as a mouth does.
TRIPLE_SECONDS_MAX = 0.21


def check(track: FaceTrack, speech: Sequence[SpeechSpan], limits: Limits) -> Check:
    """Movement of the lips while VAD hears speech, at least `lip_movement_min`.

    Only frames that pass the gates count; with fewer than `lip_frames_min` triples of them, or without speech, it is
    inconclusive.
    """
    faces = [
        face
        for face in measurable(track.faces, limits)
        if any(span.begins_at <= face.at <= span.ends_at for span in speech)
    ]
    bends = [bend(*triple) for triple in triples(faces)]
    limit = limits.lip_movement_min
    if len(bends) < max(1, limits.lip_frames_min):
        reason = Reason.NOT_MEASURED if speech else Reason.SPEECH_UNCLEAR
        return Check(NAME, CheckResult.INCONCLUSIVE, None, limit, reason, LANDMARKS_ROLE)
    score = float(np.mean(bends))
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, LANDMARKS_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.LIPS_STILL, LANDMARKS_ROLE)


def triples(faces: Sequence[FollowedFace]) -> list[tuple[FollowedFace, FollowedFace, FollowedFace]]:
    """Every three faces in a row, in order of time, that lie within TRIPLE_SECONDS_MAX."""
    rows = zip(faces, faces[1:], faces[2:], strict=False)
    return [row for row in rows if row[2].at - row[0].at <= TRIPLE_SECONDS_MAX]


def bend(before: FollowedFace, now: FollowedFace, after: FollowedFace) -> float:
    """How far the lips' height is from the mean of its neighbours, in lengths of the nose.

    A hand moves a picture smoothly (below 2 Hz) and takes lips and nose along; syllables come 4 to 6 a second. So it is the
    change of the change that tells a mouth from a photograph.
    """
    return abs(now.lip_height - (before.lip_height + after.lip_height) / 2)
