"""A face as one unit vector: of one net, or of two that are fused. Which nets, and how they weigh, the manifest tells."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.comparison.net import EmbeddingNet, unit
from verify_service.biometrics.evidence import Image
from verify_service.biometrics.inference.manifest import Asset, Manifest, ManifestError

EMBEDDER_ROLE = "face_embedder"
SECOND_EMBEDDER_ROLE = "face_embedder_second"
# Under this name an assessment tells the space of its templates, beside the hashes of the files.
SPACE_ROLE = "face_templates"


class FusionUnusable(ManifestError):
    def __init__(self, role: str, key: str, value: object) -> None:
        self.role, self.key, self.value = role, key, value
        super().__init__(f"[{role}] in the manifest: fusion.{key} is {value!r}, which the embedder cannot use")


@dataclass(frozen=True)
class Share:
    """What a net contributes: its `weight` in the similarity, all weights together 1. `mirrored`: a probe's twin, too."""

    role: str
    sha256: str
    weight: float
    mirrored: bool


def shares_of(manifest: Manifest) -> tuple[Share, ...]:
    """The nets that make templates, by the manifest's embedder roles: the first must be there, the second may.

    Raises ManifestError for a role that is missing, or a fusion table that says nothing.
    """
    roles = (EMBEDDER_ROLE, SECOND_EMBEDDER_ROLE) if SECOND_EMBEDDER_ROLE in manifest else (EMBEDDER_ROLE,)
    given = [_share(manifest.asset(role)) for role in roles]
    whole = sum(share.weight for share in given)
    return tuple(replace(share, weight=share.weight / whole) for share in given)


def space_sha256(shares: Sequence[Share]) -> str:
    """What names the space of the templates: a lone net's own hash; of fused nets, a hash over theirs and their weights.

    Templates of another space must never be compared. Twins do not count: with or without, a vector lies in one space.
    """
    if len(shares) == 1:
        return shares[0].sha256
    named = "\n".join(f"{share.sha256} {share.weight:.6f}" for share in shares)
    return hashlib.sha256(named.encode()).hexdigest()


class Embedder:
    """One or more nets whose vectors u₁, u₂ … become (√w₁·u₁, √w₂·u₂ …), the weights w brought to the sum 1.

    That is a unit vector again, and the dot product of two such is the weighted mean of the nets' cosines: templates are
    stored, averaged and compared as those of one net.
    """

    def __init__(self, nets: Sequence[tuple[Share, EmbeddingNet]]) -> None:
        self._nets = tuple(nets)
        # Crops are made for the largest net; for a smaller one they are reduced.
        self.size = max(net.size for _, net in nets)
        self.model_sha256 = space_sha256([share for share, _ in nets])

    @classmethod
    def load(cls, manifest: Manifest) -> Embedder:
        """Raises ManifestError for a missing or changed file, or a table that it cannot serve."""
        return cls([(share, EmbeddingNet.load(manifest, share.role)) for share in shares_of(manifest)])

    def embed(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        """A unit vector a crop of a probe (size×size×3, BGR, 0–255), rows in order. Raises ValueError for no crops."""
        return self._fused(crops, twins=False)

    def embed_references(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        """As `embed`, with every net's mirrored twin: a reference is made once and asked for many years."""
        return self._fused(crops, twins=True)

    def _fused(self, crops: Sequence[Image], *, twins: bool) -> NDArray[np.float32]:
        vectors = [
            sqrt(share.weight) * _vectors(net, crops, twins=twins or share.mirrored) for share, net in self._nets
        ]
        return unit(np.hstack(vectors).astype(np.float32))


def _share(asset: Asset) -> Share:
    weight, mirrored = asset.fusion.get("weight", 1.0), asset.fusion.get("mirrored", True)
    if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 < weight < float("inf"):
        raise FusionUnusable(asset.role, "weight", weight)
    if not isinstance(mirrored, bool):
        raise FusionUnusable(asset.role, "mirrored", mirrored)
    return Share(asset.role, asset.sha256, float(weight), mirrored)


def _vectors(net: EmbeddingNet, crops: Sequence[Image], *, twins: bool) -> NDArray[np.float32]:
    """The twin takes away what differs between the two halves of a face and of its light: 41 false refusals become 38 with
    it on the reference and 35 on both sides (SFace alone, 2,720 genuine pairs of lfw/, FMR 1e-4)."""
    fitting = [_fitting(crop, net.size) for crop in crops]
    if not twins:
        return net.embed(fitting)
    both = net.embed([*fitting, *(crop[:, ::-1] for crop in fitting)])
    return unit(both[: len(crops)] + both[len(crops) :])


def _fitting(crop: Image, size: int) -> Image:
    if crop.shape[0] == size:
        return crop
    return np.asarray(cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
