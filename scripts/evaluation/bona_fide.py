"""Genuine clips: who speaks, what is said, a picture of that person that is not from the clip; and how phones send them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from scripts.evaluation.encoding import Encoding, encode
from scripts.evaluation.grid import sentence_of
from scripts.evaluation.trials import AsItIs, Library, Maker, Reference, Trial
from verify_service.biometrics.evidence import Challenge, Image

TALKING_MAN = "media_talking_man"
TALKING_MAN_SAYS = (
    "Hi, I'm Jon Peirce, I'm a lecturer at the University of Nottingham and I'm the originator of PsychoPy"
)
REFERENCE_S1 = "reference_s1.jpg"
# That picture is a frame of this clip, which is therefore compared with a frame of another one.
CLIP_OF_REFERENCE_S1, OTHER_CLIP_OF_S1 = "s1_bbir6n", "grid/s1_bgan4n.mp4"
OWN_MOMENT = 0.16


@dataclass(frozen=True)
class Genuine:
    """A clip of one person. `source` is a path in the media folder, or a role of the manifest.

    Where only one clip of a person is at hand, `reference` is a moment of that clip, whose frames are then not looked at:
    such a comparison says nothing about matching.
    """

    source: str
    person: str
    challenge: Challenge
    reference: Reference

    @property
    def is_own_reference(self) -> bool:
        return self.reference.source == self.source

    @property
    def leave_out(self) -> tuple[float, ...]:
        moment = self.reference.moment
        return (moment,) if self.is_own_reference and moment is not None else ()

    def trial(self, label: str, detail: str = "", maker: Maker | None = None) -> Trial:
        """The clip, or what `maker` made of it, sent by whom it shows, saying what was asked."""
        sent = maker or AsItIs(self.source)
        return Trial(label, detail, sent, self.challenge, self.reference, self.person, self.leave_out)


def digit_clips(media: Path) -> list[Genuine]:
    """The 24 clips of one man who says digits, cut together from GRID, and the good one of `bad/`."""
    listed = json.loads((media / "digits" / "digits.json").read_text("utf-8"))
    named = {f"digits/{entry['file']}": entry["digits"] for entry in listed} | {"bad/good_5831.mp4": "5831"}
    reference = Reference(REFERENCE_S1)
    return [Genuine(source, "s1", Challenge("en", digits=said), reference) for source, said in sorted(named.items())]


def grid_clips(media: Path) -> list[Genuine]:
    """The clips of `grid/` with their sentences: 14 of the same man, 5 of five others."""
    return [_grid(path) for path in sorted((media / "grid").glob("*.mp4"))]


def talking_man() -> Genuine:
    said = Challenge("en", sentence=TALKING_MAN_SAYS)
    return Genuine(TALKING_MAN, "talking_man", said, Reference(TALKING_MAN, 0.5))


def genuine_clips(media: Path) -> list[Genuine]:
    return [*digit_clips(media), *grid_clips(media), talking_man()]


def _grid(path: Path) -> Genuine:
    speaker, name = path.stem.split("_")
    source, said = f"grid/{path.name}", Challenge("en", sentence=sentence_of(name))
    if speaker != "s1":
        return Genuine(source, name, said, Reference(source, OWN_MOMENT))
    if path.stem == CLIP_OF_REFERENCE_S1:
        return Genuine(source, "s1", said, Reference(OTHER_CLIP_OF_S1, OWN_MOMENT))
    return Genuine(source, "s1", said, Reference(REFERENCE_S1))


@dataclass(frozen=True)
class AsPhonesSend:
    """SYNTHETIC: a genuine clip with the changes that an honest phone or room makes."""

    source: str
    quality: int = 23
    container: Literal["mp4", "webm"] = "mp4"
    brightness: float = 1.0
    scale: float = 1.0
    noise: float = 0.0
    turned: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def make(self, library: Library) -> bytes:
        chance = np.random.default_rng(len(self.source))
        footage = library.footage(self.source).changed(lambda image, _: self._picture(image, chance))
        return encode(footage, Encoding(self.container, self.quality, "veryfast", self.turned))

    def _picture(self, image: Image, chance: np.random.Generator) -> Image:
        if self.scale != 1.0:
            height, width = (round(side * self.scale / 2) * 2 for side in image.shape[:2])
            image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        changed = image.astype(np.float32) * np.float32(self.brightness)
        if self.noise:
            changed += np.float32(self.noise) * chance.standard_normal(image.shape, np.float32)
        return np.asarray(np.clip(changed, 0, 255), np.uint8)


def as_phones_send(source: str) -> dict[str, AsPhonesSend]:
    """The variants of one clip, by a name for the reader."""
    return {
        "strongly compressed (CRF 32)": AsPhonesSend(source, quality=32),
        "WebM, VP8 and Opus": AsPhonesSend(source, container="webm"),
        "darker by 30 %, with noise": AsPhonesSend(source, brightness=0.7, noise=3.0),
        "smaller by 30 %": AsPhonesSend(source, scale=0.7),
        "brighter by 25 %": AsPhonesSend(source, brightness=1.25),
        "larger by 30 %": AsPhonesSend(source, quality=28, scale=1.3),
        "noise of 4 grey values": AsPhonesSend(source, noise=4.0),
        "stored lying, turned by the file": AsPhonesSend(source, turned=True),
    }
