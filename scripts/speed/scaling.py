"""What a clip's cost depends on: the same scene longer, larger, with more frames a second."""

from __future__ import annotations

from scripts.speed.variants import Variant

PLAIN = Variant(seconds=6.0, width=640, height=480, rate_hz=30)
LENGTHS = tuple(Variant(seconds, 640, 480, 30) for seconds in (3.0, 6.0, 10.0, 15.0, 20.0))
SIZES = tuple(Variant(6.0, w, h, 30) for w, h in ((320, 240), (640, 480), (1280, 720), (1920, 1080), (3840, 2160)))
RATES = tuple(Variant(6.0, 640, 480, rate_hz) for rate_hz in (10, 15, 25, 30, 60))


def series() -> dict[str, list[tuple[float, str, Variant]]]:
    """By question: the value on the axis, its name, and the clip."""
    return {
        "length": [(v.seconds, f"{v.seconds:g} s", v) for v in LENGTHS],
        "resolution": [(v.width * v.height / 1e6, f"{v.width}×{v.height}", v) for v in SIZES],
        "frame rate": [(float(v.rate_hz), f"{v.rate_hz} fps", v) for v in RATES],
    }
