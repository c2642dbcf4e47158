"""Clips against photographs, in the service's own way: few people, but the comparison that the service really makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.clip_faces import ClipFace, clip_faces, sources, template
from scripts.evaluation.figures import Table
from scripts.evaluation.pairs import Rows
from scripts.evaluation.setting import Setting
from scripts.evaluation.ways import Way, own
from verify_service.biometrics.comparison.embedder import shares_of
from verify_service.evaluation.intervals import Rate
from verify_service.evaluation.rates import false_match_rate, false_non_match_rate

FRAME_COUNTS = (1, 3, 5)
COLUMNS = ("probe", "same person", "lowest", "refused at the limit", "two people", "highest", "accepted at the limit")
NOTE = (
    "Same person: one man of GRID (clips and photograph of one sitting: easier than years apart) and one speaker against a "
    "portrait of years before (face 42 px wide; the service would ask for another clip). Two people: each clip against every "
    "picture of lfw/ and against the other people's clips. Few people are in the clips: this table shows that frames of a clip "
    "behave as photographs do, not how rare errors are."
)


@dataclass(frozen=True)
class ClipScores:
    genuine: NDArray[np.float32]
    impostor: NDArray[np.float32]


@dataclass(frozen=True)
class ClipTrials:
    """`by_frames`: scores by how many frames the probe has. `within`: by clip, the lowest similarity of two of its frames.
    `between`: of frames of two people, as where one takes over."""

    by_frames: Mapping[int, ClipScores]
    within: NDArray[np.float32]
    between: NDArray[np.float32]
    limit: float
    same_person_limit: float

    @property
    def numbers(self) -> dict[str, Any]:
        return {
            "by_frames": {str(count): _numbers(scores, self.limit) for count, scores in self.by_frames.items()},
            "same_person": _numbers(ClipScores(self.within, self.between), self.same_person_limit),
        }

    @property
    def table(self) -> Table:
        rows = [_row(f"{n} frame{'s' * (n > 1)} of a clip", scores, self.limit) for n, scores in self.by_frames.items()]
        within = ClipScores(self.within, self.between)
        rows.append(_row("two frames of one clip (the least alike) or of two", within, self.same_person_limit))
        return Table("Frames of one clip against a photograph", COLUMNS, tuple(rows), NOTE)


def clip_trials(setting: Setting, lfw_references: Way) -> ClipTrials:
    """Look at every clip at hand and compare it with everybody."""
    shares = shares_of(setting.manifest)
    faces = clip_faces(
        setting, sources(setting.media, setting.manifest, quick=setting.quick), tuple(share.role for share in shares)
    )
    seen = [(face, own(setting.manifest, face.by_role)) for face in faces]
    strangers = lfw_references.references[lfw_references.found]
    return ClipTrials(
        {count: _compared(seen, strangers, count) for count in FRAME_COUNTS},
        np.array([_least(way.probes) for face, way in seen if face.frames > 1], np.float32),
        _between(seen),
        setting.limits.comparison_similarity_min,
        setting.limits.same_person_similarity_min,
    )


def _compared(seen: Sequence[tuple[ClipFace, Way]], strangers: Rows, count: int) -> ClipScores:
    genuine, impostor = [], []
    for face, way in seen:
        if face.is_photo:
            continue
        probe = template(way.probes, count)
        impostor.append((probe @ strangers.T).ravel())
        for other, other_way in seen:
            reference = other_way.references[len(other_way.references) // 2 :][:1]
            score = (probe @ reference.T).ravel()
            if other.source.person != face.source.person:
                impostor.append(score)
            elif other.source.may_vouch_for(face.source):
                genuine.append(score)
    return ClipScores(np.concatenate(genuine), np.concatenate(impostor))


def _least(rows: Rows) -> float:
    return float(min(rows[i] @ rows[j] for i, j in combinations(range(len(rows)), 2)))


def _between(seen: Sequence[tuple[ClipFace, Way]]) -> NDArray[np.float32]:
    """One clip a person: every frame of one against every frame of another."""
    first = {face.source.person: way.probes for face, way in reversed(seen)}
    return np.concatenate([(first[a] @ first[b].T).ravel() for a, b in combinations(first, 2)])


def _numbers(scores: ClipScores, limit: float) -> dict[str, Any]:
    return {
        "genuine": len(scores.genuine),
        "genuine_lowest": float(scores.genuine.min()),
        "impostor": len(scores.impostor),
        "impostor_highest": float(scores.impostor.max()),
        "limit": limit,
        "fnmr_at_limit": _rates(scores, limit)[0].numbers,
        "fmr_at_limit": _rates(scores, limit)[1].numbers,
    }


def _rates(scores: ClipScores, limit: float) -> tuple[Rate, Rate]:
    return false_non_match_rate(scores.genuine, limit), false_match_rate(scores.impostor, limit)


def _row(name: str, scores: ClipScores, limit: float) -> tuple[str, ...]:
    refused, accepted = _rates(scores, limit)
    return (
        name,
        f"{len(scores.genuine):,}",
        f"{scores.genuine.min():.3f}",
        refused.text,
        f"{len(scores.impostor):,}",
        f"{scores.impostor.max():.3f}",
        accepted.text,
    )
