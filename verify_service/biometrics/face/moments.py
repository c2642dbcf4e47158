"""Which frames of a clip are looked at, and by what: the cost of a long clip is bounded, the movement in it is not lost."""

from __future__ import annotations

from collections.abc import Sequence

from verify_service.biometrics.evidence import Frame, SpeechSpan

# Meshes a clip, beside those of the frames that are searched anyway (50 in 20 s). All frames of 6.4 s at 12.5 a second:
# longer than four to six spoken digits take.
MESHES_MAX = 80
# Beyond that frames are taken ten in a row, because movement is read from neighbours: at half the rate the lips' movement of
# good clips and of moved stills lies 1.3 times apart instead of 2.3 (45 clips, 240 stills).
BURST_FRAMES = 10
SPEECH_SHARE = 0.75


def due(frames: Sequence[Frame], seconds: float) -> list[Frame]:
    """The first frame, and each one at least `seconds` after the one taken before it."""
    taken: list[Frame] = []
    for frame in frames:
        # Half a millisecond of grace: moments are sums of rounded fractions.
        if not taken or frame.at - taken[-1].at >= seconds - 5e-4:
            taken.append(frame)
    return taken


def mesh_moments(frames: Sequence[Frame], speech: Sequence[SpeechSpan]) -> set[float]:
    """Moments of at most MESHES_MAX frames, in bursts that are spread over the clip, three quarters of them within speech."""
    moments = [frame.at for frame in frames]
    if len(moments) <= MESHES_MAX:
        return set(moments)
    spoken = [at for at in moments if any(span.begins_at <= at <= span.ends_at for span in speech)]
    silent = sorted(set(moments) - set(spoken))
    within = _bursts(spoken, max(int(MESHES_MAX * SPEECH_SHARE), MESHES_MAX - len(silent)))
    return within | _bursts(silent, MESHES_MAX - len(within))


def _bursts(moments: Sequence[float], count: int) -> set[float]:
    """About `count` of the moments, ten in a row, the bursts evenly spread."""
    if len(moments) <= count:
        return set(moments)
    bursts = [moments[begin : begin + BURST_FRAMES] for begin in range(0, len(moments), BURST_FRAMES)]
    wanted, last = count // BURST_FRAMES, len(bursts) - 1
    return {at for index in range(wanted) for at in bursts[index * last // max(1, wanted - 1)]}
