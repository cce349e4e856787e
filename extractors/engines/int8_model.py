"""The recogniser in 8-bit integers: half the time of the same model in floats.

Made from the installed model (``fast_model.py`` keeps it). Each step was measured:

* opset 17 and onnxruntime's basic simplifications: weights can then be scaled channel by channel;
* every GELU as ``x * sigmoid(1.702 x)``, which runs as a table and one product; its slope is the scale of a
  second dequantisation, so it costs nothing; below -3.6 a GELU is about 0, so no integers are spent there;
* global means as pools, which have an integer form;
* one channel in: the pictures are gray, the first convolution's weights are summed over three equal ones;
* attention, layer norms and the last layer stay in floats: a quarter of the time, and most of the doubt.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from goaltables.errors import DependencyMissing

Input = npt.NDArray[np.float32]  # 1 x 1 x 48 x width, in [-1, 1]

RECIPE = "1"  # counts up with every change that makes another model
OPSET = 17
GELU_SLOPE = 1.702
GELU_FLOOR = -3.6
INTEGER_OPERATIONS = (
    "Add",
    "AveragePool",
    "Concat",
    "Conv",
    "GlobalAveragePool",
    "MaxPool",
    "Mul",
    "Sigmoid",
)
_SLOPE, _GATE = "_slope", "_gate"


def build_int8(model: bytes, lines: Sequence[Input]) -> bytes:
    """The integer form of a recogniser (ONNX), ranges measured on `lines`. Takes one gray channel.

    Raises:
        DependencyMissing: the ``onnx`` package is not installed.
        ValueError: the model is not built as this recipe expects it.

    """
    try:
        import onnx
        from onnxruntime import quantization
    except ModuleNotFoundError as error:
        raise DependencyMissing("onnx", "pip install onnx") from error
    with tempfile.TemporaryDirectory() as folder:
        plain, integer = Path(folder) / "plain.onnx", Path(folder) / "integer.onnx"
        graph = _simplified(onnx.load_from_string(model), plain)
        before_gelu = _with_gated_gelus(graph)
        _with_pools(graph)
        _with_gray_input(graph)
        onnx.save(graph, plain)
        quantization.quantize_static(
            plain,
            integer,
            _Calibration(graph.graph.input[0].name, lines),
            quant_format=quantization.QuantFormat.QDQ,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            nodes_to_quantize=_named_before_attention(graph),
            op_types_to_quantize=list(INTEGER_OPERATIONS),
            extra_options={
                "TensorQuantOverrides": {x: [{"rmin": np.float32(GELU_FLOOR)}] for x in before_gelu}
            },
        )
        made = onnx.load(integer)
    _slopes_into_scales(made)
    onnx.checker.check_model(made)
    data: bytes = made.SerializeToString()
    return data


class _Calibration:
    """The line pictures, one by one, as onnxruntime's quantisation asks for them."""

    def __init__(self, name: str, lines: Sequence[Input]) -> None:
        self._lines: Iterator[dict[str, Input]] = iter([{name: line} for line in lines])

    def get_next(self) -> dict[str, Input] | None:
        return next(self._lines, None)


def _simplified(model: Any, path: Path) -> Any:
    """At opset 17, constants folded, convolution biases merged, no-operations gone."""
    import onnx
    import onnxruntime
    from onnx import version_converter

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    options.log_severity_level = 3
    converted = version_converter.convert_version(model, OPSET).SerializeToString()
    onnxruntime.InferenceSession(converted, options, providers=["CPUExecutionProvider"])
    simplified = onnx.load(path)
    del simplified.opset_import[:]  # onnxruntime names domains of its own that nothing here uses
    simplified.opset_import.append(onnx.helper.make_opsetid("", OPSET))
    del simplified.graph.value_info[:]
    return simplified


def _with_gated_gelus(model: Any) -> list[str]:
    """Each ``x * (1 + erf(x / √2)) / 2`` as ``x * sigmoid(1.702 x)``. Returns the names of the x."""
    from onnx import helper, numpy_helper

    maker = {output: node for node in model.graph.node for output in node.output}
    first_user = {name: node for node in reversed(model.graph.node) for name in node.input}
    gated: dict[int, list[Any]] = {}
    gone: set[int] = set()
    before = []
    for erf in (node for node in model.graph.node if node.op_type == "Erf"):
        divided = maker[erf.input[0]]
        plus_one = first_user[erf.output[0]]
        product = first_user[plus_one.output[0]]
        halved = first_user[product.output[0]]
        chain = [divided, erf, plus_one, product, halved]
        if [node.op_type for node in chain] != ["Div", "Erf", "Add", "Mul", "Mul"]:
            raise ValueError("a GELU of this model is not written as the recipe expects it")
        x, out = divided.input[0], halved.output[0]
        gone |= {id(node) for node in chain}
        before.append(x)
        gated[id(halved)] = [
            helper.make_node("Mul", [x, "gelu_slope"], [out + _SLOPE], name=out + _SLOPE),
            helper.make_node("Sigmoid", [out + _SLOPE], [out + _GATE], name=out + _GATE),
            helper.make_node("Mul", [x, out + _GATE], [out], name=out),
        ]
    nodes = [
        new for node in model.graph.node for new in gated.get(id(node), [] if id(node) in gone else [node])
    ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(numpy_helper.from_array(np.array(GELU_SLOPE, np.float32), "gelu_slope"))
    return before


def _with_pools(model: Any) -> None:
    """Means over height and width as pools."""
    for node in model.graph.node:
        if node.op_type == "ReduceMean":
            node.op_type = "GlobalAveragePool"
            del node.attribute[:]


def _with_gray_input(model: Any) -> None:
    """The first convolution on one channel: exact for a picture whose three are equal."""
    from onnx import numpy_helper

    first = model.graph.node[0]
    weights = next(item for item in model.graph.initializer if item.name == first.input[1])
    summed = numpy_helper.to_array(weights).sum(axis=1, keepdims=True)
    weights.CopyFrom(numpy_helper.from_array(summed, weights.name))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1


def _named_before_attention(model: Any) -> list[str]:
    """The names of the nodes that become integer: all of their kinds that no layer norm comes before."""
    behind: set[str] = set()
    names = []
    for node in model.graph.node:
        if node.op_type == "LayerNormalization" or behind.intersection(node.input):
            behind.update(node.output)
        elif node.op_type in INTEGER_OPERATIONS:
            node.name = node.name or f"node_{node.output[0]}"
            names.append(node.name)
    return names


def _slopes_into_scales(model: Any) -> None:
    """Dequantised times 1.702, quantised and dequantised: one dequantisation with 1.702 times the scale."""
    from onnx import helper, numpy_helper

    maker = {output: node for node in model.graph.node for output in node.output}
    users: dict[str, list[Any]] = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    values = {item.name: item for item in model.graph.initializer}
    replaced: dict[int, Any] = {}
    gone: set[int] = set()
    for slope in (node for node in model.graph.node if node.name.endswith(_SLOPE)):
        dequantised = maker[slope.input[0]]
        quantised = users[slope.output[0]][0]
        again = users[quantised.output[0]][0]
        gate = users[again.output[0]][0]
        name = slope.output[0]
        scale = numpy_helper.to_array(values[dequantised.input[1]]) * np.float32(GELU_SLOPE)
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_steps"))
        inputs = [dequantised.input[0], f"{name}_steps", dequantised.input[2]]
        replaced[id(slope)] = helper.make_node("DequantizeLinear", inputs, [name], name=name)
        gate.input[0] = name
        gone |= {id(slope), id(quantised), id(again), id(maker[slope.input[1]])}
    nodes = [
        replaced.get(id(node), node)
        for node in model.graph.node
        if id(node) in replaced or id(node) not in gone
    ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
