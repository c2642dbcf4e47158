"""Which frames are compared: sharp, frontal, wholly in the picture, and spread over the clip."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from statistics import median

from verify_service.biometrics.face.follower import FollowedFace, measurable
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.quality.appearance import Appearance

# Three are as good as five: of 208 comparisons of clips with a photograph of the person the lowest is 0.742 (five: 0.747), of
# 112,899 of two people the highest 0.441 (0.447). The time saved goes to the witnesses (liveness.witnesses).
BEST_FRAMES = 3
# No camera doubles its sharpness within a moment. A broken picture does: where a key frame is lost, the grey remains of
# the next ones measured 3 to 19 times the median (two clips of digits/ hold such pictures).
BROKEN_SHARPNESS_RATIO = 2.0


def best_frames(looks: Sequence[Appearance], limits: Limits, count: int = BEST_FRAMES) -> tuple[FollowedFace, ...]:
    """At most one face from each of `count` equal stretches of the clip, in order of time; none if none may be measured.

    Spread, because frames side by side say the same, and because a second person may take over at any moment. For the
    same reason no stretch is passed over: one that looks broken throughout still gives its best frame.
    """
    gated = {face.frame for face in measurable([look.face for look in looks], limits)}
    usable = [look for look in looks if look.face.frame in gated]
    if not usable:
        return ()
    begin, end = usable[0].face.at, usable[-1].face.at
    stretches: dict[int, list[Appearance]] = {}
    for look in usable:
        stretch = int(count * (look.face.at - begin) / (end - begin)) if end > begin else 0
        stretches.setdefault(min(stretch, count - 1), []).append(look)
    broken = BROKEN_SHARPNESS_RATIO * median(look.sharpness for look in usable)
    return tuple(max(stretches[index], key=lambda look: _worth(look, broken)).face for index in sorted(stretches))


def _worth(look: Appearance, broken: float) -> tuple[bool, float]:
    return look.sharpness <= broken, look.sharpness * cos(radians(look.face.pose.yaw))
