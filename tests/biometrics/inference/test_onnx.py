from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession, ProviderMissing

LOOK = """
import sys
from pathlib import Path
from verify_service.biometrics.inference.onnx import ONNXSession
ONNXSession(Path(sys.argv[1]))
"""


def test_nothing_is_reported_to_the_runtimes_maker(manifest: Manifest, tmp_path: Path) -> None:
    """With its reports on, ONNX Runtime leaves a device id and a database of events in the home folder."""
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", LOOK, str(manifest.verified("voice_activity"))]

    subprocess.run(command, env={**environment, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}, check=True)

    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_provider_that_is_not_there_is_no_silent_fall_back_to_the_cpu(manifest: Manifest) -> None:
    with pytest.raises(ProviderMissing, match="CUDAExecutionProvider"):
        ONNXSession(manifest.verified("voice_activity"), provider="CUDAExecutionProvider")


def test_a_session_names_its_inputs_and_gives_arrays(manifest: Manifest) -> None:
    session = ONNXSession(manifest.verified("face_landmarks"))
    (name,) = session.input_names

    outputs = session.run({name: np.zeros((1, 192, 192, 3), np.float32)})

    assert all(isinstance(output, np.ndarray) for output in outputs)
