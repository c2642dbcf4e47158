"""The mouth moves while somebody speaks: a photograph held to the camera under a played voice does not do that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify_service.biometrics.evidence import Check, CheckResult, SpeechSpan
from verify_service.biometrics.face.follower import LANDMARKS_ROLE, FaceTrack, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "lips"
# Mouth aspect ratio below which a mean opening is not divided by: around a photographed *closed* mouth the noise of the
# net alone, 0.002 on 0.003, would be a variation of 0.7.
OPENING_FLOOR = 0.15


def check(track: FaceTrack, speech: Sequence[SpeechSpan], limits: Limits) -> Check:
    """Variation of the mouth's opening while VAD hears speech, at least `lip_variation_min`.

    Only frames that pass the gates count; with fewer than `lip_frames_min` of them, or without speech, it is
    inconclusive.
    """
    openings = [
        face.mouth_opening
        for face in measurable(track.faces, limits)
        if any(span.begins_at <= face.at <= span.ends_at for span in speech)
    ]
    limit = limits.lip_variation_min
    if len(openings) < max(1, limits.lip_frames_min):
        reason = Reason.NOT_MEASURED if speech else Reason.SPEECH_UNCLEAR
        return Check(NAME, CheckResult.INCONCLUSIVE, None, limit, reason, LANDMARKS_ROLE)
    score = variation(openings)
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, LANDMARKS_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.LIPS_STILL, LANDMARKS_ROLE)


def variation(openings: Sequence[float]) -> float:
    """Standard deviation over the mean (coefficient of variation), the mean taken for no smaller than OPENING_FLOOR."""
    values = np.asarray(openings, np.float64)
    return float(values.std() / max(float(values.mean()), OPENING_FLOOR))
