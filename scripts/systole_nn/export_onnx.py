"""ONNX files of a QuantModel: QDQ form, and the form with QLinear operators.

Opset 13 and IR version 7, which every reader since 2021 takes. The QLinear form uses com.microsoft
operators (QGemm, QLinearAveragePool) where ONNX itself has none.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import folders
from .quantize import limits

OPSET, IR_VERSION = 13, 7


def _dtype(tensor):
    return np.dtype(tensor.dtype)


class _Graph:
    """Collects nodes and initializers of one graph."""

    def __init__(self):
        self.nodes, self.initializers, self.seen, self.owners = [], [], set(), {}

    def constant(self, name, array):
        if name not in self.seen:
            self.seen.add(name)
            self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def node(self, operator, inputs, output, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name, **attributes))
        return output

    def quantization(self, tensor):
        """Names of the scale and zero point of an activation; layers that share both share the
        initializers.
        """
        key = (tensor.dtype, float(tensor.scale), tensor.zero_point)
        owner = self.owners.setdefault(key, tensor.name)
        return (
            self.constant(f"{owner}_scale", np.array(tensor.scale, np.float32)),
            self.constant(f"{owner}_zero_point", np.array(tensor.zero_point, _dtype(tensor))),
        )


def _conv_attributes(spec):
    return {"kernel_shape": [spec.kernel] * 2, "strides": [spec.stride] * 2, "pads": list(spec.pad)}


def _weight_scale(layer):
    return layer.weight_scales if len(layer.weight_scales) > 1 else layer.weight_scales[0]


def _weight_zero_point(layer):
    zeros = np.full(layer.weight_scales.shape, layer.weight_zero_point, layer.weights.dtype)
    return zeros if len(zeros) > 1 else zeros[0]


def _bias(model, index):
    """Bias integers (zeros where there is none, in FC layers of the QLinear form) and their float32
    scale Sx Sw[n].
    """
    layer = model.layers[index]
    scale = (np.float32(model.tensors[index].scale) * layer.weight_scales).astype(np.float32)
    return layer.bias, (scale if len(scale) > 1 else scale[0])


def image_encoding(model):
    """(scale, mean): what an image's byte b stands for, b * scale - mean: its quantized value, byte
    for byte.
    """
    image = model.tensors[0]
    zero_point = image.zero_point + (128 if image.dtype == "int8" else 0)
    return float(image.scale), float(image.scale) * zero_point


def _metadata(proto, model, average):
    """The image encoding, where the graph's real input is not the byte divided by 255; the
    averages' mode, if named.
    """
    scale, mean = image_encoding(model)
    properties = {}
    if np.float32(scale) != np.float32(1 / 255) or mean:
        properties = {"systole.input_scale": repr(scale), "systole.input_mean": repr(mean)}
    if average:
        properties["systole.average"] = average
    if properties:
        helper.set_model_props(proto, properties)
    return proto


def _finish(graph, model, inputs, outputs, domains):
    onnx_graph = helper.make_graph(graph.nodes, model.name, inputs, outputs, graph.initializers)
    opsets = [helper.make_opsetid("", OPSET)] + [
        helper.make_opsetid(domain, 1) for domain in domains
    ]
    proto = helper.make_model(
        onnx_graph, opset_imports=opsets, producer_name="systole_nn", ir_version=IR_VERSION
    )
    onnx.checker.check_model(proto)
    return proto


def qdq(model, average=""):
    """float32 image (real values) -> QuantizeLinear ... DequantizeLinear -> float32 logits N x
    classes.

    average: how `systole` averages, integer (its default) or tflite.
    """
    graph = _Graph()

    def quantize(value, tensor, name):
        scale, zero = graph.quantization(tensor)
        quantized = graph.node(
            "QuantizeLinear", [value, scale, zero], f"{name}_q", f"{name}_quantize"
        )
        return graph.node(
            "DequantizeLinear", [quantized, scale, zero], f"{name}_dq", f"{name}_dequantize"
        )

    value = quantize("image", model.tensors[0], "image")
    flat = False
    for index, layer in enumerate(model.layers):
        spec, source, target = layer.spec, model.tensors[index], model.tensors[index + 1]
        name = spec.name
        if spec.kind == "fc" and not flat:
            value = graph.node("Flatten", [value], f"{name}_flat", f"{name}_flatten", axis=1)
            value = quantize(value, source, f"{name}_flat")
            flat = True
        if spec.kind in ("maxpool", "avgpool"):
            operator = "MaxPool" if spec.kind == "maxpool" else "AveragePool"
            value = graph.node(operator, [value], f"{name}_out", name, **_conv_attributes(spec))
        else:
            weight_inputs = [
                graph.constant(f"{name}_weight", layer.weights),
                graph.constant(f"{name}_weight_scale", _weight_scale(layer)),
                graph.constant(f"{name}_weight_zero_point", _weight_zero_point(layer)),
            ]
            axis = {"axis": 0} if len(layer.weight_scales) > 1 else {}
            weight = graph.node(
                "DequantizeLinear",
                weight_inputs,
                f"{name}_weight_dq",
                f"{name}_weight_dequantize",
                **axis,
            )
            inputs = [value, weight]
            if layer.bias is not None:
                bias, scale = _bias(model, index)
                bias_inputs = [
                    graph.constant(f"{name}_bias", bias),
                    graph.constant(f"{name}_bias_scale", scale),
                ]
                inputs.append(
                    graph.node(
                        "DequantizeLinear",
                        bias_inputs,
                        f"{name}_bias_dq",
                        f"{name}_bias_dequantize",
                        **axis,
                    )
                )
            if spec.kind == "conv":
                value = graph.node("Conv", inputs, f"{name}_out", name, **_conv_attributes(spec))
            else:
                value = graph.node("Gemm", inputs, f"{name}_out", name, transB=1)
            if spec.relu:
                value = graph.node("Relu", [value], f"{name}_relu", f"{name}_relu")
        value = quantize(value, target, name)
    graph.nodes[-1].output[0] = "logits"
    last = model.tensors[-1].shape
    shape = ["N", last[0]] if flat else ["N", *last]
    inputs = [
        helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *model.tensors[0].shape])
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)]
    return _metadata(_finish(graph, model, inputs, outputs, []), model, average)


def _relu_is_the_clamp(tensor):
    return tensor.zero_point == limits(tensor.dtype)[0]


def qlinear(model):
    """Quantized image -> QLinearConv, MaxPool, QGemm ... -> quantized logits; all layers' outputs
    are graph outputs.
    """
    graph = _Graph()
    value, flat, outputs = "image", False, []
    for index, layer in enumerate(model.layers):
        spec, source, target = layer.spec, model.tensors[index], model.tensors[index + 1]
        name = spec.name
        in_scale, in_zero = graph.quantization(source)
        out_scale, out_zero = graph.quantization(target)
        if spec.kind == "fc" and not flat:
            value = graph.node("Flatten", [value], f"{name}_flat", f"{name}_flatten", axis=1)
            flat = True
        if spec.kind == "maxpool":
            value = graph.node("MaxPool", [value], f"{name}_q", name, **_conv_attributes(spec))
        elif spec.kind == "avgpool":
            value = graph.node(
                "QLinearAveragePool",
                [value, in_scale, in_zero, out_scale, out_zero],
                f"{name}_q",
                name,
                domain="com.microsoft",
                **_conv_attributes(spec),
            )
        else:
            weight_inputs = [
                graph.constant(f"{name}_weight", layer.weights),
                graph.constant(f"{name}_weight_scale", _weight_scale(layer)),
                graph.constant(f"{name}_weight_zero_point", _weight_zero_point(layer)),
            ]
            bias = [graph.constant(f"{name}_bias", layer.bias)] if layer.bias is not None else []
            head = [value, in_scale, in_zero, *weight_inputs]
            if spec.kind == "conv":
                inputs = [*head, out_scale, out_zero, *bias]
                value = graph.node(
                    "QLinearConv", inputs, f"{name}_q", name, **_conv_attributes(spec)
                )
            else:
                inputs = [*head, *(bias or [""]), out_scale, out_zero]
                value = graph.node(
                    "QGemm", inputs, f"{name}_q", name, domain="com.microsoft", transB=1
                )
            if spec.relu and not _relu_is_the_clamp(target):
                bounds = [
                    graph.constant(f"{name}_{side}", np.array(bound, _dtype(target)))
                    for side, bound in (
                        ("low", target.zero_point),
                        ("high", limits(target.dtype)[1]),
                    )
                ]
                value = graph.node("Clip", [value, *bounds], f"{name}_relu", f"{name}_relu")
        shape = [target.shape[0]] if flat else target.shape
        outputs.append(
            helper.make_tensor_value_info(
                value, helper.np_dtype_to_tensor_dtype(_dtype(target)), ["N", *shape]
            )
        )
    inputs = [
        helper.make_tensor_value_info(
            "image",
            helper.np_dtype_to_tensor_dtype(_dtype(model.tensors[0])),
            ["N", *model.tensors[0].shape],
        )
    ]
    return _finish(graph, model, inputs, outputs, ["com.microsoft"])


def save(proto, path):
    """Serializes deterministically and replaces `path` in one step."""
    folders.write_bytes(path, proto.SerializeToString(deterministic=True))
