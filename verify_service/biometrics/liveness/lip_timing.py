"""Do the lips move when the sound speaks, or at another time? Catches a voice that is laid beside the picture by a second.

A flag, not a judge (design notes MODELS §3). Where it is raised the mismatch is plain; that it is not raised says nothing,
because in unbroken speech no shift shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Check, CheckResult, SpeechSpan
from verify_service.biometrics.face.follower import LANDMARKS_ROLE, FaceTrack, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "lip_timing"
STEP_SECONDS = 0.08  # the frames' own spacing
SMOOTHED_STEPS = 5
# Lips run ahead of the voice, and VAD behind it, by up to a third of a second.
NEAR_SECONDS_MAX = 0.3
FAR_SECONDS_MIN, FAR_SECONDS_MAX = 0.6, 1.5
# Lips that fit no other moment well were only measured badly. Of 900 random trims (2.2 s and longer) of 45 good clips
# none gained more than 0.4 with this, and 3 more than 0.5 without it; of the 45 with their sound laid 1 s late 18 gained
# more than 0.5 with this, and 27 without it.
PLAIN_AGREEMENT_MIN = 0.7

Series = NDArray[np.float64]


def check(track: FaceTrack, speech: Sequence[SpeechSpan], limits: Limits) -> Check | None:
    """How much better the lips agree with the speech of another time than with that of their own, at most `lip_lag_gain_max`.

    None where nothing can be compared: too few frames that pass the gates, or no change between speech and silence.
    """
    faces = measurable(track.faces, limits)
    if len(faces) < max(2, limits.motion_frames_min):
        return None
    score = lag_gain([face.at for face in faces], [face.mouth_opening for face in faces], speech)
    if score is None:
        return None
    limit = limits.lip_lag_gain_max
    if score <= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, LANDMARKS_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.LIPS_APART_FROM_SOUND, LANDMARKS_ROLE)


def lag_gain(moments: Sequence[float], openings: Sequence[float], speech: Sequence[SpeechSpan]) -> float | None:
    """Best correlation of the lips' activity with speech 0.6 to 1.5 s earlier or later, less the best within 0.3 s.

    −2…2; above 0 the lips fit another moment better than their own, and do so plainly: no more than 0 where that other
    correlation is below PLAIN_AGREEMENT_MIN. Both are sampled every 0.08 s; the activity is the change of the opening,
    averaged over 0.4 s. None where either is constant.
    """
    grid = np.arange(moments[0], moments[-1], STEP_SECONDS)
    if len(grid) <= SMOOTHED_STEPS:
        return None
    lips = np.interp(grid, moments, openings)
    change = np.abs(np.diff(lips, prepend=lips[0]))
    activity = np.convolve(change, np.full(SMOOTHED_STEPS, 1 / SMOOTHED_STEPS), "same")
    near, far = [], []
    for lag in np.arange(-FAR_SECONDS_MAX, FAR_SECONDS_MAX + STEP_SECONDS / 2, STEP_SECONDS):
        agreement = _correlation(activity, _speaks(grid + lag, speech))
        if agreement is not None and abs(lag) <= NEAR_SECONDS_MAX:
            near.append(agreement)
        elif agreement is not None and abs(lag) >= FAR_SECONDS_MIN:
            far.append(agreement)
    if not near or not far:
        return None
    gain = max(far) - max(near)
    return gain if max(far) >= PLAIN_AGREEMENT_MIN else min(gain, 0.0)


def _speaks(moments: Series, speech: Sequence[SpeechSpan]) -> Series:
    inside = [(moments >= span.begins_at) & (moments <= span.ends_at) for span in speech]
    return np.any(inside, axis=0).astype(np.float64) if inside else np.zeros_like(moments)


def _correlation(first: Series, second: Series) -> float | None:
    if first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
