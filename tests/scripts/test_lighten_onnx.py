from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from scripts.lighten_onnx import free_batch, lighten

PICTURE = np.random.default_rng(5).normal(size=(2, 8, 6, 6)).astype(np.float32)
CONVEX = np.linspace(-0.5, 1, 8, dtype=np.float32)
STEEP = np.linspace(-9, 8, 8, dtype=np.float32)  # as MobileFaceNet has them: above 1 the net bends the other way


def net(nodes: Sequence[onnx.NodeProto], constants: dict[str, NDArray[Any]], shape: Sequence[int]) -> bytes:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("in", "out")]
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "net", values[:1], values[1:], weights)
    return bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8).SerializeToString()
    )


def output(model: bytes, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(ort.InferenceSession(model).run(None, {"in": picture})[0], np.float32)


def operators(model: bytes) -> set[str]:
    return {node.op_type for node in onnx.load_from_string(model).graph.node}


def prelu(picture: NDArray[np.float32], slopes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(picture > 0, picture, picture * slopes)


@pytest.mark.parametrize("slopes", [CONVEX, STEEP])
def test_a_prelu_is_said_in_convolutions_with_the_same_output(slopes: NDArray[np.float32]) -> None:
    node = helper.make_node("PRelu", ["in", "slopes"], ["out"])
    light = lighten(net([node], {"slopes": slopes.reshape(8, 1, 1)}, PICTURE.shape))

    assert operators(light) == {"Conv", "Relu", "Add"}
    assert output(light, PICTURE) == pytest.approx(prelu(PICTURE, slopes.reshape(8, 1, 1)), abs=1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 8), (8,)])
def test_a_prelu_of_a_graph_with_channels_last_is_too(shape: tuple[int, ...]) -> None:
    picture = np.ascontiguousarray(PICTURE.transpose(0, 2, 3, 1))
    node = helper.make_node("PRelu", ["in", "slopes"], ["out"])
    light = lighten(net([node], {"slopes": STEEP.reshape(shape)}, picture.shape))

    assert operators(light) == {"Transpose", "Conv", "Relu", "Add"}
    assert output(light, picture) == pytest.approx(prelu(picture, STEEP), abs=1e-5)


def test_a_prelu_spelled_out_by_keras_is_found() -> None:
    picture = np.ascontiguousarray(PICTURE.transpose(0, 2, 3, 1))
    nodes = [
        helper.make_node("Relu", ["in"], ["above"]),
        helper.make_node("Abs", ["in"], ["size"]),
        helper.make_node("Sub", ["in", "size"], ["below_0"]),
        helper.make_node("Identity", ["below_0"], ["below"]),
        helper.make_node("Mul", ["half", "below"], ["sloped"]),
        helper.make_node("Add", ["above", "sloped"], ["out"]),
    ]
    light = lighten(net(nodes, {"half": STEEP / 2}, picture.shape))

    assert operators(light) == {"Transpose", "Conv", "Relu", "Add"}
    assert output(light, picture) == pytest.approx(prelu(picture, STEEP), abs=1e-5)


def test_what_only_looks_like_a_prelu_is_left_alone() -> None:
    nodes = [
        helper.make_node("Relu", ["in"], ["above"]),
        helper.make_node("Abs", ["above"], ["size"]),
        helper.make_node("Sub", ["in", "size"], ["below"]),
        helper.make_node("Mul", ["half", "below"], ["sloped"]),
        helper.make_node("Add", ["above", "sloped"], ["out"]),
    ]
    before = net(nodes, {"half": STEEP.reshape(8, 1, 1) / 2}, PICTURE.shape)

    assert operators(lighten(before)) == operators(before)
    assert output(lighten(before), PICTURE) == pytest.approx(output(before, PICTURE))


def test_one_slope_for_all_channels_is_left_alone() -> None:
    node = helper.make_node("PRelu", ["in", "slopes"], ["out"])

    assert operators(lighten(net([node], {"slopes": np.array([0.2], np.float32)}, PICTURE.shape))) == {"PRelu"}


def test_the_same_net_is_lightened_to_the_same_bytes() -> None:
    node = helper.make_node("PRelu", ["in", "slopes"], ["out"])
    model = net([node], {"slopes": CONVEX.reshape(8, 1, 1)}, PICTURE.shape)

    assert lighten(model) == lighten(model)


def test_a_freed_batch_takes_any_number_of_pictures() -> None:
    nodes = [helper.make_node("Reshape", ["in", "shape"], ["out"])]
    values = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in (("in", (2, 8, 6, 6)), ("out", (2, 288)))
    ]
    shape = numpy_helper.from_array(np.array([2, 288], np.int64), "shape")
    graph = helper.make_graph(nodes, "net", values[:1], values[1:], [shape])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8).SerializeToString()

    free = free_batch(model)

    assert output(free, np.concatenate([PICTURE, PICTURE[:1]])).shape == (3, 288)
