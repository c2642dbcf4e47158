from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from verify_service.biometrics.comparison.net import EmbeddingNet, unit
from verify_service.biometrics.inference.inputs import InputUnusable
from verify_service.biometrics.inference.manifest import Manifest, WrongHash, file_sha256


def own_net(folder: Path, *, batch: int | str, size: int = 112, layout: str = "NCHW") -> Path:
    """A deployer's net: three numbers out, the mean of each channel and 1. Without the 1 no scale would show in a direction."""
    shape = [batch, 3, size, size] if layout == "NCHW" else [batch, size, size, 3]
    axes = [2, 3] if layout == "NCHW" else [1, 2]
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["picture"], ["mean"], axes=axes),
            helper.make_node("Add", ["mean", "one"], ["vector"]),
        ],
        "mean-of-channels",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)],
        [helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])],
    )
    path = folder / "own.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


def manifest_for(net: Path, table: Mapping[str, Any], sha256: str = "") -> Manifest:
    """The manifest that the deployer edits, with this one entry."""
    input_table = ", ".join(f"{key} = {value!r}".replace("'", '"') for key, value in table.items())
    path = net.parent / "manifest.toml"
    path.write_text(
        f'[face_embedder]\nkind = "model"\nfile = "own.onnx"\nsha256 = "{sha256 or file_sha256(net)}"\n'
        f'licence = "own"\nsource = {{ local = "own.onnx" }}\ninput = {{ {input_table} }}\n',
        "utf-8",
    )
    return Manifest.load(path)


def crop_of(blue: int, green: int, red: int, size: int = 112) -> Any:
    return np.full((size, size, 3), (blue, green, red), np.uint8)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"size": 112, "colour": "RGB", "mean": 0.0, "scale": 1.0}, [31, 21, 11]),
        ({"size": 112, "colour": "BGR", "mean": 0.0, "scale": 1.0}, [11, 21, 31]),
        ({"size": 112, "colour": "RGB", "mean": 10.0, "scale": 20.0}, [2, 1.5, 1]),
    ],
)
def test_another_model_is_switched_in_by_the_manifest_alone(
    table: Mapping[str, Any], expected: list[float], tmp_path: Path
) -> None:
    net = own_net(tmp_path, batch="batch")

    embedder = EmbeddingNet.load(manifest_for(net, table), "face_embedder")

    assert embedder.sha256 == file_sha256(net)
    assert embedder.embed([crop_of(10, 20, 30)])[0] == pytest.approx(unit(np.array(expected, np.float32)), abs=1e-5)


@pytest.mark.parametrize("batch", [1, 2, 8])
def test_a_net_with_a_fixed_batch_is_always_fed_that_many(batch: int, tmp_path: Path) -> None:
    net = own_net(tmp_path, batch=batch)

    embedder = EmbeddingNet.load(manifest_for(net, {"size": 112, "batch": batch}), "face_embedder")

    vectors = embedder.embed([crop_of(8, 0, 0), crop_of(0, 8, 0), crop_of(0, 0, 8)])
    assert vectors == pytest.approx(unit(np.array([[1, 1, 9], [1, 9, 1], [9, 1, 1]], np.float32)))


def test_a_net_of_another_size_gets_crops_of_that_size(tmp_path: Path) -> None:
    net = own_net(tmp_path, batch="batch", size=160)

    embedder = EmbeddingNet.load(manifest_for(net, {"size": 160}), "face_embedder")

    assert embedder.size == 160
    assert embedder.embed([crop_of(0, 0, 0, size=160)])[0] == pytest.approx([3**-0.5] * 3)


def test_a_net_with_channels_last_is_fed_so(tmp_path: Path) -> None:
    net = own_net(tmp_path, batch="batch", layout="NHWC")

    embedder = EmbeddingNet.load(manifest_for(net, {"layout": "NHWC"}), "face_embedder")

    assert embedder.embed([crop_of(10, 20, 30)])[0] == pytest.approx(unit(np.array([31, 21, 11], np.float32)), abs=1e-5)


@pytest.mark.parametrize("table", [{"colour": "GREY"}, {"layout": "HWC"}, {"scale": 0.0}, {"size": "large"}])
def test_an_input_table_that_cannot_be_served_is_refused_when_loading(table: Mapping[str, Any], tmp_path: Path) -> None:
    net = own_net(tmp_path, batch="batch")

    with pytest.raises(InputUnusable):
        EmbeddingNet.load(manifest_for(net, table), "face_embedder")


def test_another_file_than_the_manifest_pins_is_not_loaded(tmp_path: Path) -> None:
    net = own_net(tmp_path, batch="batch")

    with pytest.raises(WrongHash):
        EmbeddingNet.load(manifest_for(net, {"size": 112}, sha256="0" * 64), "face_embedder")


def test_no_crops_have_no_vector(tmp_path: Path) -> None:
    net = EmbeddingNet.load(manifest_for(own_net(tmp_path, batch="batch"), {}), "face_embedder")

    with pytest.raises(ValueError, match="no crops"):
        net.embed([])


@pytest.mark.parametrize("bad", [0.0, float("nan"), float("inf")])
def test_a_vector_without_a_direction_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="no direction"):
        unit(np.array([[1, 0], [bad, 0]], np.float32))
