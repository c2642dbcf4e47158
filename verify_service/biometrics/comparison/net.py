"""One net that turns an aligned face into a vector. What it is fed is told by the manifest, so that a deployer swaps it there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from verify_service.biometrics.evidence import Image
from verify_service.biometrics.face.alignment import TEMPLATE_PIXELS
from verify_service.biometrics.inference.inputs import COLOURS, choice, positive
from verify_service.biometrics.inference.manifest import Asset, Manifest
from verify_service.biometrics.inference.onnx import InferenceSession, ONNXSession


class EmbeddingNet:
    """Float pictures, `(value - mean) / scale`, in the manifest's colour order and layout; vectors come out at unit length."""

    def __init__(self, session: InferenceSession, asset: Asset) -> None:
        self._session = session
        self.sha256 = asset.sha256
        self.size = int(positive(asset, "size", TEMPLATE_PIXELS))
        self._mean = float(asset.input.get("mean", 0.0))
        self._scale = positive(asset, "scale", 1.0)
        # Pictures a call; a net exported with a fixed batch says so in the manifest, and is always fed that many. Four cost
        # no more time than ten, and less memory.
        self._batch = int(positive(asset, "batch", 4))
        self._is_fixed = "batch" in asset.input
        self._axes = choice(asset, "layout", {"NCHW": (0, 3, 1, 2), "NHWC": (0, 1, 2, 3)}, "NCHW")
        self._channels = choice(asset, "colour", COLOURS, "RGB")

    @classmethod
    def load(cls, manifest: Manifest, role: str) -> EmbeddingNet:
        """Raises ManifestError for a missing or changed file, or an input table that it cannot serve."""
        return cls(ONNXSession(manifest.verified(role)), manifest.asset(role))

    def embed(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        """A unit vector a crop (size×size×3, BGR, 0–255), rows in order. Raises ValueError for no crops."""
        if not crops:
            raise ValueError("no crops to embed")
        calls = [self._run(np.stack(crops[i : i + self._batch])) for i in range(0, len(crops), self._batch)]
        return unit(np.concatenate(calls))

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        pictures = (crops[..., self._channels].astype(np.float32) - self._mean) / self._scale
        laid_out = np.ascontiguousarray(pictures.transpose(self._axes), np.float32)
        if self._is_fixed:
            missing = self._batch - len(crops)
            laid_out = np.concatenate([laid_out, np.repeat(laid_out[-1:], missing, axis=0)])
        output = self._session.run({self._session.input_names[0]: laid_out})[0]
        return output.reshape(len(laid_out), -1)[: len(crops)].astype(np.float32)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors (the last axis) at length 1. Raises ValueError for one of length 0 or not finite: it has no direction."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not np.all(np.isfinite(lengths)) or not np.all(lengths > 0):
        raise ValueError("a vector of length 0, or not finite, has no direction")
    return np.asarray(vectors / lengths, np.float32)
