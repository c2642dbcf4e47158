from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.liveness.speech_weights import UnknownLayout, read_weights


def variable(name: str, array: np.ndarray, type_number: int) -> bytes:
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    return text(name) + shape + struct.pack("<BI", type_number, array.nbytes) + array.tobytes()


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def file_of(folder: Path, *variables: bytes, version: int = 6, spec: str = "WhisperSpec") -> Path:
    content = struct.pack("<I", version) + text(spec) + struct.pack("<II", 3, len(variables)) + b"".join(variables)
    path = folder / "model.bin"
    path.write_bytes(content)
    return path


def test_every_variable_of_whisper_base_is_read(manifest: Manifest) -> None:
    weights = read_weights(manifest.verified("speech_weights"))

    assert weights["decoder/embeddings/weight"].shape == (51865, 512)
    assert int(weights["decoder/num_heads"]) == 8
    assert len(weights) == 212


def test_shapes_and_values_are_kept(tmp_path: Path) -> None:
    halves = np.arange(6, dtype=np.float16).reshape(2, 3)

    weights = read_weights(file_of(tmp_path, variable("a/weight", halves, 4), variable("n", np.array(8, np.int16), 2)))

    np.testing.assert_array_equal(weights["a/weight"], halves)
    assert weights["n"] == 8


@pytest.mark.parametrize(("version", "spec"), [(5, "WhisperSpec"), (6, "TransformerSpec")])
def test_another_version_or_model_is_refused(tmp_path: Path, version: int, spec: str) -> None:
    with pytest.raises(UnknownLayout):
        read_weights(file_of(tmp_path, version=version, spec=spec))


def test_quantised_weights_are_refused_by_name(tmp_path: Path) -> None:
    scale = variable("decoder/x/weight_scale", np.ones(2, np.float32), 0)

    with pytest.raises(UnknownLayout, match="quantised"):
        read_weights(file_of(tmp_path, scale))


@pytest.mark.parametrize("kept", [3, 30, 60])
def test_a_file_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = file_of(tmp_path, variable("a/weight", np.ones((4, 4), np.float32), 0))
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(UnknownLayout):
        read_weights(path)
