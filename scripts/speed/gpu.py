"""The embedder in batches of 1 to 64 on a CUDA GPU, where the machine has one and onnxruntime-gpu (extra `gpu`) is installed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from verify_service.biometrics.comparison.embedder import EMBEDDER_ROLE
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession

PROVIDER = "CUDAExecutionProvider"
BATCHES = (1, 2, 4, 8, 16, 32, 64)
SECONDS_EACH = 1.0


@dataclass(frozen=True)
class BatchRate:
    """Faces a second, by the wall clock, at a batch size."""

    batch: int
    faces_per_second: float


def batch_rates(
    manifest: Manifest, provider: str = PROVIDER, batches: tuple[int, ...] = BATCHES, seconds: float = SECONDS_EACH
) -> list[BatchRate]:
    """Raises ProviderMissing where the provider is not the one in use: a fall-back to the CPU is never measured as a GPU."""
    session = ONNXSession(manifest.verified(EMBEDDER_ROLE), provider=provider)
    size = int(manifest.asset(EMBEDDER_ROLE).input.get("size", 112))
    return [BatchRate(batch, _rate(session, batch, size, seconds)) for batch in batches]


def _rate(session: ONNXSession, batch: int, size: int, seconds: float) -> float:
    pictures = np.random.default_rng(batch).uniform(0, 255, (batch, 3, size, size)).astype(np.float32)
    given = {session.input_names[0]: pictures}
    session.run(given)  # the first call of a shape plans and allocates
    begun, runs = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        session.run(given)
        runs += 1
    return runs * batch / (time.perf_counter() - begun)
