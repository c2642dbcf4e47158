"""Frames of one clip against photographs: what the service really compares, on the few clips at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import PACKAGE, Tools, crew
from scripts.evaluation.faces import Vectors
from scripts.evaluation.pairs import Rows, mean_rows
from scripts.evaluation.setting import Setting
from verify_service.biometrics.comparison.best_frames import best_frames
from verify_service.biometrics.comparison.net import EmbeddingNet
from verify_service.biometrics.comparison.probe import crop_of
from verify_service.biometrics.evidence import Clip, Frame, Image
from verify_service.biometrics.face.alignment import TEMPLATE_PIXELS
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.quality.appearance import appearances

PHOTOS = {"reference_s1.jpg": "s1", "reference_other.jpg": "other_brbk7n"}
CLIP_OF_PHOTO = "s1_bbir6n"
DEMO_CLIPS = {"media_talking_man": "talking_man", "media_two_men": "speaker"}
PORTRAIT = ("media_portrait", "speaker")


@dataclass(frozen=True)
class Source:
    """A clip or a photo of one person."""

    path: Path
    person: str

    @property
    def is_photo(self) -> bool:
        return self.path.suffix == ".jpg"

    def may_vouch_for(self, clip: Source) -> bool:
        """Whether it can be the reference in a genuine comparison. The clips of digits/ were cut out of other clips of the
        same corpus, so that their frames may be among those of grid/; the photo's clip is known."""
        if self == clip or clip.path.stem == CLIP_OF_PHOTO:
            return False
        return self.is_photo or (clip.path.parent == self.path.parent and "grid" in clip.path.parts)


@dataclass(frozen=True)
class ClipFace:
    """The best frames of a clip in order of time, or the one of a photo, by role of the nets."""

    source: Source
    by_role: Mapping[str, Vectors]

    @property
    def is_photo(self) -> bool:
        return self.source.is_photo

    @property
    def frames(self) -> int:
        return len(next(iter(self.by_role.values())).found)


@dataclass(frozen=True)
class _Job:
    source: Source
    roles: tuple[str, ...]


def sources(media: Path, manifest: Manifest, *, quick: bool) -> list[Source]:
    """GRID and its digits (one man in most of them), the demo clips and portrait; for a quick look a few of each."""
    grid = [Source(path, path.stem if path.stem.startswith("other") else "s1") for path in _clips(media / "grid")]
    digits = [Source(path, "s1") for path in _clips(media / "digits")]
    photos = [Source(media / name, person) for name, person in PHOTOS.items()]
    demo = [Source(manifest.verified(role), person) for role, person in (*DEMO_CLIPS.items(), PORTRAIT)]
    return [*photos, *grid[:6], *digits[:2]] if quick else [*photos, *demo, *grid, *digits]


def clip_faces(setting: Setting, wanted: Sequence[Source], roles: tuple[str, ...]) -> list[ClipFace]:
    """Those of which frames could be chosen, as the service chooses them, but whatever their quality."""
    found = crew(setting, "clips: best frames", [_Job(source, roles) for source in wanted], _look)
    return [
        ClipFace(
            source, {role: Vectors(_all(kept, role), kept[f"{role} plain"], kept[f"{role} mirrored"]) for role in roles}
        )
        for source, kept in zip(wanted, found, strict=True)
        if len(kept[f"{roles[0]} plain"])
    ]


def template(rows: Rows, count: int) -> Rows:
    """1×d: the mean of `count` of the frames (n×d), spread over them; of all where there are fewer."""
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(np.int64))
    return mean_rows(rows[chosen][None])


def _clips(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.mp4"))


def _all(kept: Mapping[str, NDArray[Any]], role: str) -> NDArray[np.bool_]:
    return np.ones(len(kept[f"{role} plain"]), np.bool_)


def _look(tools: Tools, job: _Job) -> dict[str, NDArray[Any]]:
    content = job.source.path.read_bytes()
    key = ("clip faces", sha256(content), *_models(tools, job.roles), tools.eye_key)
    return tools.cache.arrays(key, lambda: _embedded(tools, content, job))


def _models(tools: Tools, roles: Sequence[str]) -> list[str]:
    sources_of = [PACKAGE / "biometrics" / "comparison" / "net.py"]
    return [*(tools.manifest.asset(role).sha256 for role in roles), *(sha256(path.read_bytes()) for path in sources_of)]


def _embedded(tools: Tools, content: bytes, job: _Job) -> dict[str, NDArray[Any]]:
    crops = _best_crops(tools, content, is_photo=job.source.is_photo)
    kept: dict[str, NDArray[Any]] = {}
    for role in job.roles:
        net = EmbeddingNet.load(tools.manifest, role)
        none = np.zeros((0, 1), np.float32)
        kept[f"{role} plain"] = net.embed(crops) if crops else none
        kept[f"{role} mirrored"] = net.embed([np.ascontiguousarray(crop[:, ::-1]) for crop in crops]) if crops else none
    return kept


def _best_crops(tools: Tools, content: bytes, *, is_photo: bool) -> list[Image]:
    eye = tools.eye
    still = Clip((Frame(0.0, eye.sandbox.photo(content).image),), None, 0.0) if is_photo else None
    clip = still or eye.sandbox.clip(content).clip
    track = eye.follower.follow(clip, eye.follower.search(clip))
    chosen = best_frames(appearances(clip, track), tools.limits) or track.faces[:1]
    return [crop_of(clip, face, TEMPLATE_PIXELS) for face in chosen]
