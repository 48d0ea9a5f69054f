"""Reads a QDQ file of export_onnx.qdq back into a QuantModel, so that cross-checks start from the
shipped file.
"""

import contextlib
from dataclasses import replace

import numpy as np
import onnx
from onnx import numpy_helper

from . import UserError
from .networks import Layer, output_shape
from .quantize import QuantLayer, QuantModel, Tensor

_KINDS = {"Conv": "conv", "Gemm": "fc", "MaxPool": "maxpool", "AveragePool": "avgpool"}


def load(path):
    """The QuantModel in `path`; UserError where the file is not a chain of that form."""
    model = None
    with contextlib.suppress(KeyError, IndexError, AttributeError, TypeError, ValueError):
        model = _read(path)
    if model is None or not model.layers or len(model.tensors) != len(model.layers) + 1:
        raise UserError(
            f"{path}: is not a QDQ chain written by systole_nn (python -m systole_nn quantize"
            " writes one)"
        )
    return model


def _read(path):
    try:
        proto = onnx.load(path)
    except Exception as error:  # protobuf and file errors of many types
        raise UserError(f"{path}: cannot be read as ONNX ({error})") from error
    constants = {value.name: numpy_helper.to_array(value) for value in proto.graph.initializer}
    producers = {name: node for node in proto.graph.node for name in node.output}
    model = QuantModel(proto.graph.name)
    pending = None  # the layer whose output is quantized next

    def quantization(node):
        return constants[node.input[1]], constants[node.input[2]]

    for node in proto.graph.node:
        if node.op_type == "QuantizeLinear":
            scale, zero = quantization(node)
            if pending is None and model.tensors:
                continue  # after a Flatten: the same quantization again
            shape = _shape(proto, model, pending)
            name = pending.spec.name if pending else "image"
            model.tensors.append(Tensor(name, shape, np.float32(scale), int(zero), str(zero.dtype)))
            if pending:
                model.layers.append(pending)
                pending = None
        elif node.op_type in _KINDS:
            attributes = {
                item.name: onnx.helper.get_attribute_value(item) for item in node.attribute
            }
            pending = QuantLayer(_layer(node, attributes))
            if node.op_type in ("Conv", "Gemm"):
                source = producers[node.input[1]]
                pending.weights, pending.weight_scales = constants[source.input[0]], np.atleast_1d(
                    constants[source.input[1]]
                )
                pending.weight_zero_point = int(np.atleast_1d(constants[source.input[2]])[0])
                pending.spec = replace(
                    pending.spec, out=len(pending.weights), bias=len(node.input) > 2
                )
                if len(node.input) > 2:
                    pending.bias = constants[producers[node.input[2]].input[0]]
        elif node.op_type == "Relu":
            pending.spec = replace(pending.spec, relu=True)
        elif node.op_type not in ("DequantizeLinear", "Flatten"):
            raise UserError(
                f"{path}: node {node.name} ({node.op_type}) is not part of a chain written by"
                " systole_nn"
            )
    return model


def _layer(node, attributes):
    return Layer(
        node.name,
        _KINDS[node.op_type],
        kernel=attributes.get("kernel_shape", [1])[0],
        stride=attributes.get("strides", [1])[0],
        pad=tuple(attributes.get("pads", (0, 0, 0, 0))),
    )


def _shape(proto, model, pending):
    if pending is None:
        dims = proto.graph.input[0].type.tensor_type.shape.dim
        return tuple(dim.dim_value for dim in dims[1:])
    return tuple(output_shape(pending.spec, model.tensors[-1].shape))
