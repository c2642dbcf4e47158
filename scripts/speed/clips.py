"""The clips that cost is measured on, each with the reference and the challenge that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.clip_editing import frame_as_jpeg
from scripts.demo_people import ENROLLED_FROM_SECOND, TALKING_MAN_SAYS
from scripts.evaluation.cache import Cache, sha256
from scripts.evaluation.grid import sentence_of
from scripts.speed.variants import Variant, make
from verify_service.biometrics.evidence import Challenge
from verify_service.biometrics.inference.manifest import Manifest

GRID_CLIP, GRID_REFERENCE = "grid/s1_bbir6n.mp4", "reference_s1.jpg"
LONG = Variant(seconds=15.0, width=1920, height=1080, rate_hz=30)


@dataclass(frozen=True)
class Measured:
    """A clip to measure. `leave_out`: moments that the reference was taken from, in seconds."""

    name: str
    title: str
    content: bytes
    reference: bytes
    challenge: Challenge
    leave_out: tuple[float, ...] = ()


def demo(manifest: Manifest) -> Measured:
    clip = manifest.verified("media_talking_man")
    return Measured(
        name="demo",
        title="demo clip, 5.8 s, 640×480, 30 fps",
        content=clip.read_bytes(),
        reference=frame_as_jpeg(clip, ENROLLED_FROM_SECOND),
        challenge=Challenge(locale="en", sentence=TALKING_MAN_SAYS),
        leave_out=(ENROLLED_FROM_SECOND,),
    )


def grid(media: Path) -> Measured | None:
    """A clip of GRID, or None where the folder is not there."""
    clip, reference = media / GRID_CLIP, media / GRID_REFERENCE
    if not clip.is_file():
        return None
    return Measured(
        name="grid",
        title="GRID clip, 3 s, 360×288, 25 fps",
        content=clip.read_bytes(),
        reference=reference.read_bytes(),
        challenge=Challenge(locale="en", sentence=sentence_of("bbir6n")),
    )


def long(manifest: Manifest, cache: Cache) -> Measured:
    """The demo clip played again and again, and enlarged: what a phone's camera at its default would send."""
    return variant_of_demo("long", "made of the demo clip, 15 s, 1920×1080, 30 fps", LONG, manifest, cache)


def variant_of_demo(name: str, title: str, variant: Variant, manifest: Manifest, cache: Cache) -> Measured:
    clip = manifest.verified("media_talking_man")
    content = clip.read_bytes()
    made = cache.content(("speed", sha256(content), variant.key), _maker(clip, variant))
    return Measured(
        name=name,
        title=title,
        content=made,
        reference=frame_as_jpeg(clip, ENROLLED_FROM_SECOND),
        challenge=Challenge(locale="en", sentence=TALKING_MAN_SAYS),
        leave_out=(ENROLLED_FROM_SECOND,),
    )


def _maker(clip: Path, variant: Variant) -> Callable[[], bytes]:
    return lambda: make(clip, variant)
