"""The net that turns an aligned face into a vector. What it is fed is told by the manifest, so that a deployer swaps it there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Image, Vector
from verify_service.biometrics.face.alignment import TEMPLATE_PIXELS
from verify_service.biometrics.inference.manifest import Asset, Manifest, ManifestError
from verify_service.biometrics.inference.onnx import InferenceSession, ONNXSession

EMBEDDER_ROLE = "face_embedder"


class InputUnusable(ManifestError):
    def __init__(self, role: str, key: str, value: object) -> None:
        self.role, self.key, self.value = role, key, value
        super().__init__(f"[{role}] in the manifest: input.{key} is {value!r}, which the embedder cannot serve")


class Embedder:
    """NCHW float pictures, `(value - mean) / scale`, in the manifest's colour order; vectors come out at unit length."""

    def __init__(self, session: InferenceSession, asset: Asset) -> None:
        self._session = session
        self.model_sha256 = asset.sha256
        self.size = int(_positive(asset, "size", TEMPLATE_PIXELS))
        self._mean = float(asset.input.get("mean", 0.0))
        self._scale = _positive(asset, "scale", 1.0)
        # Pictures a call; a net exported with another fixed batch says so in the manifest. Four cost no more time than ten,
        # and less memory.
        self._batch = int(_positive(asset, "batch", 4))
        self._channels = {"RGB": slice(None, None, -1), "BGR": slice(None)}.get(asset.input.get("colour", "RGB"))
        if self._channels is None:
            raise InputUnusable(asset.role, "colour", asset.input["colour"])

    @classmethod
    def load(cls, manifest: Manifest, role: str = EMBEDDER_ROLE) -> Embedder:
        """Raises ManifestError for a missing or changed file, or an input table that it cannot serve."""
        return cls(ONNXSession(manifest.verified(role)), manifest.asset(role))

    def embed(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        """A unit vector a crop (size×size×3, BGR, 0–255): of the face and its mirrored twin together, rows in order.

        The twin takes away what differs between the two halves of a face and of its light: FNMR at FMR 1e-5 on LFW
        falls with it (design notes MODELS §2). Raises ValueError for no crops.
        """
        if not crops:
            raise ValueError("no crops to embed")
        pictures = np.stack([self._picture(crop) for crop in crops])
        both = np.concatenate([pictures, pictures[..., ::-1]])
        vectors = np.concatenate([self._run(both[i : i + self._batch]) for i in range(0, len(both), self._batch)])
        return unit(unit(vectors[: len(crops)]) + unit(vectors[len(crops) :]))

    def _picture(self, crop: Image) -> Vector:
        picture = (crop[..., self._channels].astype(np.float32) - self._mean) / self._scale
        return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32)

    def _run(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        output = self._session.run({self._session.input_names[0]: np.ascontiguousarray(pictures)})[0]
        return output.reshape(len(pictures), -1).astype(np.float32)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors (the last axis) at length 1. Raises ValueError for one of length 0 or not finite: it has no direction."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not np.all(np.isfinite(lengths)) or not np.all(lengths > 0):
        raise ValueError("a vector of length 0, or not finite, has no direction")
    return np.asarray(vectors / lengths, np.float32)


def _positive(asset: Asset, key: str, default: float) -> float:
    value = asset.input.get(key, default)
    if not isinstance(value, int | float) or value <= 0:
        raise InputUnusable(asset.role, key, value)
    return float(value)
