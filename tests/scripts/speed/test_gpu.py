from __future__ import annotations

import onnxruntime
import pytest

from scripts.speed.gpu import PROVIDER, batch_rates
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ProviderMissing


def test_without_a_gpu_nothing_is_measured_as_if_there_were_one(manifest: Manifest) -> None:
    if PROVIDER in onnxruntime.get_available_providers():
        pytest.skip("this machine has the provider")

    with pytest.raises(ProviderMissing):
        batch_rates(manifest)


def test_the_embedder_takes_faces_in_batches(manifest: Manifest) -> None:
    rates = batch_rates(manifest, "CPUExecutionProvider", batches=(1, 3), seconds=0.05)

    assert [rate.batch for rate in rates] == [1, 3]
    assert all(rate.faces_per_second > 0 for rate in rates)
