"""Do the lips move when the sound is loud? Finds a voice that is laid beside the picture: late, or another's.

Weak evidence, a flag and not a judge: it catches what is plainly apart, and that it is not raised says nothing. It took the
place of a comparison with the lips' agreement at other moments, which found 18 of 45 voices laid a second late; this finds
seven of ten, and some of the voices of another clip (`lip_sound_correlation_min` in thresholds.toml).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Check, CheckResult, Sound
from verify_service.biometrics.face.follower import LANDMARKS_ROLE, FaceTrack, FollowedFace, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "lip_sound"
STEP_SECONDS_MAX = 0.105  # between neighbours whose change counts: a camera with 10 frames a second still does
SMOOTHED_SECONDS = 0.2  # to either side: two syllables
LAGS_SECONDS = (-0.16, -0.08, 0.0, 0.08, 0.16)  # lips run ahead of the voice, and phones write sound and picture apart
LOUDNESS_SECONDS = 0.08
# Loudness is told in logarithms, for a syllable is a ratio; this much of the clip's own level is the quiet that all is above.
QUIET_SHARE = 0.18

Series = NDArray[np.float64]


def check(track: FaceTrack, sound: Sound | None, limits: Limits) -> Check | None:
    """Correlation of the lips' activity with the loudness, at least `lip_sound_correlation_min`.

    None where nothing can be compared: no sound, too few frames that pass the gates, or no change in one of the two.
    """
    faces = measurable(track.faces, limits)
    if sound is None or not len(sound.samples) or len(faces) < max(2, limits.motion_frames_min):
        return None
    score = agreement(faces, sound)
    if score is None:
        return None
    limit = limits.lip_sound_correlation_min
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, LANDMARKS_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.LIPS_APART_FROM_SOUND, LANDMARKS_ROLE)


def agreement(faces: Sequence[FollowedFace], sound: Sound) -> float | None:
    """Pearson's correlation of `activity` with `loudness` at the best of a few small lags; None where either is constant."""
    moments, moving = activity(faces)
    if len(moments) < 2 or moving.std() == 0:
        return None
    found = []
    for lag in LAGS_SECONDS:
        heard = loudness(sound, moments + lag)
        if heard.std() > 0:
            found.append(float(np.corrcoef(moving, heard)[0, 1]))
    return max(found, default=None)


def activity(faces: Sequence[FollowedFace]) -> tuple[Series, Series]:
    """Moments, and the mean change of the lips' height from frame to frame within SMOOTHED_SECONDS of each."""
    pairs = [(a, b) for a, b in pairwise(faces) if b.at - a.at <= STEP_SECONDS_MAX]
    moments = np.array([b.at for _a, b in pairs], np.float64)
    changes = np.array([abs(b.lip_height - a.lip_height) for a, b in pairs], np.float64)
    near = np.abs(moments[:, None] - moments[None, :]) <= SMOOTHED_SECONDS
    return moments, (near @ changes) / near.sum(1) if len(pairs) else changes


def loudness(sound: Sound, moments: Series) -> Series:
    """Logarithm of the root mean square of LOUDNESS_SECONDS around each moment; beyond the sound's ends it is quiet."""
    samples = sound.samples.astype(np.float64)
    width = int(LOUDNESS_SECONDS * sound.rate_hz)
    squares = np.concatenate([[0.0], np.cumsum(np.square(samples))])
    begins = np.round((moments - sound.starts_at) * sound.rate_hz).astype(np.int64) - width // 2
    low, high = (np.clip(edge, 0, len(samples)) for edge in (begins, begins + width))
    levels = np.sqrt(np.maximum(squares[high] - squares[low], 0.0) / width)
    return np.asarray(np.log(levels + QUIET_SHARE * np.sqrt(squares[-1] / len(samples)) + 1e-9), np.float64)
