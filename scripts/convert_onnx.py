"""Turn the weights of registry packages into the ONNX files that the service loads.

`tflite_to_onnx` converts float graphs (also fp16 with DEQUANTIZE) operator by operator: no quantised arithmetic, no control
flow, an unknown operator stops it. `fold_weights` frees an ONNX graph from weights that are listed as its inputs.
Both are deterministic, so the result has a sha256 of its own in models/manifest.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
Array = NDArray[Any]
Operator = tflite.BuiltinOperator

_NUMPY = {0: np.float32, 1: np.float16, 2: np.int32, 3: np.uint8, 4: np.int64, 6: np.bool_, 9: np.int8}
_ONNX = {0: TensorProto.FLOAT, 1: TensorProto.FLOAT16, 2: TensorProto.INT32, 4: TensorProto.INT64, 6: TensorProto.BOOL}
_SAME = 0  # tflite.Padding.SAME


class UnknownOperator(Exception):
    def __init__(self, name: object) -> None:
        super().__init__(f"the TFLite operator {name} has no conversion here")


def fold_weights(model_bytes: bytes) -> bytes:
    """Take initialisers out of the graph's inputs and free the batch dimension.

    Weights that are also inputs could be overridden by a caller, so ONNX Runtime folds none of them (15 % slower).
    """
    model = onnx.load_from_string(model_bytes)
    weights = {i.name for i in model.graph.initializer}
    kept = [i for i in model.graph.input if i.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(kept)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    del model.graph.value_info[:]  # it tells shapes for a batch of one
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def tflite_to_onnx(model_bytes: bytes) -> bytes:
    """An ONNX model (NHWC in and out, like its source) of a float TFLite graph. Raises UnknownOperator."""
    graph = tflite.Model.GetRootAsModel(model_bytes, 0)
    model = _Conversion(graph).model()
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


class _Conversion:
    """One graph on its way: tensors by index become names `t<i>`, constants become initialisers when first used."""

    def __init__(self, source: Any) -> None:
        self.source, self.graph = source, source.Subgraphs(0)
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: list[onnx.TensorProto] = []
        self.constants: dict[int, Array] = {}
        self._emitted: dict[int, str] = {}
        self._names = 0
        for index in range(self.graph.TensorsLength()):
            tensor = self.graph.Tensors(index)
            buffer = source.Buffers(tensor.Buffer())
            if buffer.DataLength():
                raw: Array = np.frombuffer(buffer.DataAsNumpy().tobytes(), _NUMPY[tensor.Type()])
                self.constants[index] = raw.reshape(self.shape(index))

    def model(self) -> onnx.ModelProto:
        for index in range(self.graph.OperatorsLength()):
            self._convert(self.graph.Operators(index))
        inputs = [self._value(int(i)) for i in self.graph.InputsAsNumpy()]
        outputs = [self._value(int(i)) for i in self.graph.OutputsAsNumpy()]
        graph = helper.make_graph(self.nodes, "converted", inputs, outputs, self.initialisers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)

    def _convert(self, operator: Any) -> None:
        code = self.source.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind not in _HANDLERS:
            raise UnknownOperator(next((n for n, v in vars(Operator).items() if v == kind), kind))
        inputs = [int(i) for i in operator.InputsAsNumpy()]
        _HANDLERS[kind](self, operator, inputs, int(operator.OutputsAsNumpy()[0]))

    def _value(self, index: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(f"t{index}", _ONNX[self.graph.Tensors(index).Type()], self.shape(index))

    def shape(self, index: int) -> list[int]:
        tensor = self.graph.Tensors(index)
        return [int(n) for n in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else []

    def ref(self, index: int) -> str:
        """The name by which a node reads tensor `index`."""
        if index not in self.constants:
            return f"t{index}"
        if index not in self._emitted:
            value = self.constants[index]
            self._emitted[index] = self.constant(value.astype(np.float32) if value.dtype == np.float16 else value)
        return self._emitted[index]

    def constant(self, value: Array | np.generic | Sequence[int]) -> str:
        name = self._fresh("c")
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str | None = None, **attributes: Any) -> str:
        output = output or self._fresh(kind.lower())
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def activated(self, value: str, activation: int, output: str) -> None:
        match activation:
            case 0:
                self.add("Identity", [value], output)
            case 1:
                self.add("Relu", [value], output)
            case 3:
                self.add("Clip", [value, self.constant(np.float32(0)), self.constant(np.float32(6))], output)
            case _:
                raise UnknownOperator(f"activation {activation}")

    def _fresh(self, stem: str) -> str:
        self._names += 1
        return f"{stem}_{self._names}"


_Handler = Callable[[_Conversion, Any, list[int], int], None]


def _options(operator: Any, options_class: Any) -> Any:
    options = options_class()
    options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
    return options


def _channels_first(c: _Conversion, name: str) -> str:
    return c.add("Transpose", [name], perm=[0, 3, 1, 2])


def _channels_last(c: _Conversion, name: str) -> str:
    return c.add("Transpose", [name], perm=[0, 2, 3, 1])


def _pads(
    padding: int, size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[int]:
    """ONNX pads of TFLite's SAME: the odd pixel goes behind, not before."""
    if padding != _SAME:
        return [0, 0, 0, 0]
    before, behind = [], []
    for n, k, s, d in zip(size, kernel, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        before.append(total // 2)
        behind.append(total - total // 2)
    return before + behind


def _convolution(c: _Conversion, operator: Any, inputs: list[int], output: int, *, depthwise: bool) -> None:
    options = _options(operator, tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
    weights = c.constants[inputs[1]].astype(np.float32)
    kernel = list(weights.shape[1:3])
    groups = c.shape(inputs[0])[3] if depthwise else 1
    stride = [options.StrideH(), options.StrideW()]
    dilation = [options.DilationHFactor(), options.DilationWFactor()]
    operands = [
        _channels_first(c, c.ref(inputs[0])),
        c.constant(weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)),
    ]
    if len(inputs) > 2 and inputs[2] >= 0:
        operands.append(c.constant(c.constants[inputs[2]].astype(np.float32)))
    pads = _pads(options.Padding(), c.shape(inputs[0])[1:3], kernel, stride, dilation)
    result = c.add("Conv", operands, kernel_shape=kernel, strides=stride, dilations=dilation, group=groups, pads=pads)
    c.activated(_channels_last(c, result), options.FusedActivationFunction(), f"t{output}")


def _pool(c: _Conversion, operator: Any, inputs: list[int], output: int, *, kind: str) -> None:
    options = _options(operator, tflite.Pool2DOptions)
    kernel, stride = [options.FilterHeight(), options.FilterWidth()], [options.StrideH(), options.StrideW()]
    pads = _pads(options.Padding(), c.shape(inputs[0])[1:3], kernel, stride, [1, 1])
    extra: dict[str, Any] = {"count_include_pad": 0} if kind == "AveragePool" else {}
    result = c.add(
        kind, [_channels_first(c, c.ref(inputs[0]))], kernel_shape=kernel, strides=stride, pads=pads, **extra
    )
    c.activated(_channels_last(c, result), options.FusedActivationFunction(), f"t{output}")


def _arithmetic(
    c: _Conversion, operator: Any, inputs: list[int], output: int, *, kind: str, options_class: Any
) -> None:
    activation = _options(operator, options_class).FusedActivationFunction() if operator.BuiltinOptions() else 0
    c.activated(c.add(kind, [c.ref(i) for i in inputs]), activation, f"t{output}")


def _plain(c: _Conversion, _: Any, inputs: list[int], output: int, *, kind: str) -> None:
    c.add(kind, [c.ref(i) for i in inputs], f"t{output}")


def _dequantize(c: _Conversion, _: Any, inputs: list[int], output: int) -> None:
    if inputs[0] in c.constants:
        c.constants[output] = c.constants[inputs[0]].astype(np.float32)
    else:
        c.add("Cast", [c.ref(inputs[0])], f"t{output}", to=TensorProto.FLOAT)


def _prelu(c: _Conversion, _: Any, inputs: list[int], output: int) -> None:
    c.add("PRelu", [c.ref(inputs[0]), c.constant(c.constants[inputs[1]].astype(np.float32))], f"t{output}")


def _pad(c: _Conversion, _: Any, inputs: list[int], output: int) -> None:
    # TFLite tells (before, behind) by axis; ONNX wants all befores, then all behinds.
    c.add("Pad", [c.ref(inputs[0]), c.constant(c.constants[inputs[1]].T.reshape(-1).astype(np.int64))], f"t{output}")


def _reshape(c: _Conversion, _: Any, inputs: list[int], output: int) -> None:
    c.add("Reshape", [c.ref(inputs[0]), c.constant(np.array(c.shape(output), np.int64))], f"t{output}")


def _concatenate(c: _Conversion, operator: Any, inputs: list[int], output: int) -> None:
    axis = _options(operator, tflite.ConcatenationOptions).Axis()
    c.add("Concat", [c.ref(i) for i in inputs], f"t{output}", axis=axis)


def _fully_connected(c: _Conversion, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.FullyConnectedOptions)
    weights, value = c.constants[inputs[1]].astype(np.float32), c.ref(inputs[0])
    if len(c.shape(inputs[0])) != 2:
        value = c.add("Reshape", [value, c.constant(np.array([-1, weights.shape[1]], np.int64))])
    result = c.add("MatMul", [value, c.constant(weights.T)])
    if len(inputs) > 2 and inputs[2] >= 0:
        result = c.add("Add", [result, c.constant(c.constants[inputs[2]].astype(np.float32))])
    c.activated(result, options.FusedActivationFunction(), f"t{output}")


def _mean(c: _Conversion, operator: Any, inputs: list[int], output: int) -> None:
    axes = [int(a) for a in np.atleast_1d(c.constants[inputs[1]])]
    keep = int(bool(_options(operator, tflite.ReducerOptions).KeepDims()))
    c.add("ReduceMean", [c.ref(inputs[0])], f"t{output}", axes=axes, keepdims=keep)


def _with(handler: Callable[..., None], **fixed: Any) -> _Handler:
    return lambda c, operator, inputs, output: handler(c, operator, inputs, output, **fixed)


_HANDLERS: dict[int, _Handler] = {
    Operator.CONV_2D: _with(_convolution, depthwise=False),
    Operator.DEPTHWISE_CONV_2D: _with(_convolution, depthwise=True),
    Operator.MAX_POOL_2D: _with(_pool, kind="MaxPool"),
    Operator.AVERAGE_POOL_2D: _with(_pool, kind="AveragePool"),
    Operator.ADD: _with(_arithmetic, kind="Add", options_class=tflite.AddOptions),
    Operator.SUB: _with(_arithmetic, kind="Sub", options_class=tflite.SubOptions),
    Operator.MUL: _with(_arithmetic, kind="Mul", options_class=tflite.MulOptions),
    Operator.DIV: _with(_arithmetic, kind="Div", options_class=tflite.DivOptions),
    Operator.RELU: _with(_plain, kind="Relu"),
    Operator.ABS: _with(_plain, kind="Abs"),
    Operator.LOGISTIC: _with(_plain, kind="Sigmoid"),
    Operator.SQRT: _with(_plain, kind="Sqrt"),
    Operator.DEQUANTIZE: _dequantize,
    Operator.PRELU: _prelu,
    Operator.PAD: _pad,
    Operator.RESHAPE: _reshape,
    Operator.CONCATENATION: _concatenate,
    Operator.FULLY_CONNECTED: _fully_connected,
    Operator.MEAN: _mean,
}
