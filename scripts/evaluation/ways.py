"""The ways of comparing faces that are measured side by side, each as rows of vectors for probes and for references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.faces import DLIB, People, Vectors, vectors
from scripts.evaluation.pairs import Rows, Trials, by_distance, fused, single, twinned
from scripts.evaluation.setting import Setting
from verify_service.biometrics.comparison.embedder import EMBEDDER_ROLE, SECOND_EMBEDDER_ROLE, shares_of
from verify_service.biometrics.inference.manifest import Manifest

# A deployer with a licence may put this net into the manifest; it is measured then.
RESTRICTED_ROLE = "face_embedder_w600k"
OWN = "the service's own way"


@dataclass(frozen=True)
class Way:
    """Unit rows of the same n pictures; `found` tells which of them have a face."""

    probes: Rows
    references: Rows
    found: NDArray[np.bool_]
    by_distance: bool = False
    is_told_by_shape: bool = False  # whether means of several pictures are measured, too

    def single(self, subject: NDArray[np.int64]) -> Trials:
        """All pairs of pictures of which a template could be made."""
        seen = subject[self.found]
        if self.by_distance:
            return by_distance(self.probes[self.found], seen)
        return single(self.probes[self.found], self.references[self.found], seen)


def measured(setting: Setting, people: People) -> dict[str, Vectors]:
    """Vectors by role; dlib, which takes ten minutes, not for a quick look."""
    wanted = [role for role in (EMBEDDER_ROLE, SECOND_EMBEDDER_ROLE, RESTRICTED_ROLE) if role in setting.manifest]
    return {role: vectors(setting, people, role) for role in (wanted if setting.quick else [*wanted, DLIB])}


def ways(manifest: Manifest, by_role: Mapping[str, Vectors]) -> dict[str, Way]:
    """Every net alone, with and without mirrored twins, their fusions, and what the manifest makes the service do."""
    found: dict[str, Way] = {}
    if DLIB in by_role:
        rows = by_role[DLIB]
        found["dlib (face_recognition)"] = Way(rows.plain, rows.plain, rows.found, by_distance=True)
    for role, name in ((EMBEDDER_ROLE, "SFace"), (SECOND_EMBEDDER_ROLE, "MobileFaceNet"), (RESTRICTED_ROLE, "w600k")):
        if role in by_role:
            rows = by_role[role]
            twins = twinned(rows.plain, rows.mirrored)
            found[name] = Way(rows.plain, rows.plain, rows.found)
            found[f"{name}, twins"] = Way(twins, twins, rows.found, is_told_by_shape=True)
    if SECOND_EMBEDDER_ROLE in by_role:
        every = (EMBEDDER_ROLE, SECOND_EMBEDDER_ROLE)
        found["fused 1:1, all twins"] = fusion(by_role, {EMBEDDER_ROLE: 0.5, SECOND_EMBEDDER_ROLE: 0.5}, every, every)
    found[OWN] = own(manifest, by_role)
    return found


def own(manifest: Manifest, by_role: Mapping[str, Vectors]) -> Way:
    """As `Embedder` does it: the manifest's weights, its twins for probes, every twin for references."""
    shares = shares_of(manifest)
    probes = tuple(share.role for share in shares if share.mirrored)
    return fusion(by_role, {s.role: s.weight for s in shares}, probes, tuple(share.role for share in shares))


def fusion(
    by_role: Mapping[str, Vectors],
    weights: Mapping[str, float],
    probe_twins: tuple[str, ...],
    reference_twins: tuple[str, ...],
) -> Way:
    """Nets fused by weights of sum 1; the roles named have their twins averaged in."""
    found = np.all([by_role[role].found for role in weights], axis=0)
    sides = []
    for twins in (probe_twins, reference_twins):
        parts = [(_rows(by_role[role], twins=role in twins), weight) for role, weight in weights.items()]
        sides.append(fused(parts))
    return Way(sides[0], sides[1], found, is_told_by_shape=True)


def _rows(vectors_of: Vectors, *, twins: bool) -> Rows:
    return twinned(vectors_of.plain, vectors_of.mirrored) if twins else vectors_of.plain
