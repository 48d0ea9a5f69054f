#!/usr/bin/env python3
"""Random small quantized ONNX chains with the outputs that ONNX Runtime computes for them.

  .venv/bin/python scripts/random_models.py --seed 1 --count 100 --out build/random_models

Each model is a chain of Conv, Gemm, MatMul (+ Add), Relu, Clip, MaxPool, AveragePool, Flatten or
Reshape, in QDQ form or with QLinear operators, with every mixture of signedness, zero points and
per-tensor or per-channel scales that the project takes. Small enough for the on-chip buffers: a
tensor holds at most 8 KB, the weights at most 64 KiB in all.

OUT/<nnn>/ holds model.onnx, input.npy (quantized, N x C x H x W), expected.npy (the quantized
output) and, with --layers, expected_<k>.npy (that of the k-th layer, with its clamp).
OUT/manifest.json lists the models: folder, seed, form, type of the activations, whether it
averages, layers (name, operator, shape, clip_node = the clamp is a node of its own). The expected
outputs are those of ONNX Runtime on the model's QLinear form, which holds the same integers; in the
float32 mode they are to be equal, where nothing averages.
"""

import argparse
import json
import os
import random
import sys
from dataclasses import dataclass, field, replace
from typing import Optional, Tuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from systole_nn import UserError, ort  # noqa: E402

MAX_TENSOR, MAX_WEIGHTS = 8192, 65536


@dataclass
class Tensor:
    shape: Tuple[int, int, int]
    scale: np.float32
    zero: int
    dtype: str

    def limits(self):
        return (0, 255) if self.dtype == "uint8" else (-128, 127)


@dataclass
class Stage:
    """One layer with its clamp."""

    name: str
    kind: str  # conv, fc, maxpool, avgpool
    source: Tensor
    target: Tensor
    kernel: Tuple[int, int] = (1, 1)
    stride: Tuple[int, int] = (1, 1)
    pad: Tuple[int, int, int, int] = (0, 0, 0, 0)  # top, left, bottom, right
    weights: Optional[np.ndarray] = None  # N x C x KH x KW, or N x K
    weight_scales: Optional[np.ndarray] = None
    weight_zero: int = 0
    bias: Optional[np.ndarray] = None
    operator: str = ""  # fc: Gemm or MatMul
    transposed: bool = False  # Gemm: weights as N x K
    relu: bool = False
    clip: Optional[Tuple[float, float]] = None  # real bounds
    count_include_pad: bool = False

    def clamp(self):
        """Bounds of the quantized output."""
        low, high = self.target.limits()
        if self.relu:
            low = max(low, self.target.zero)
        if self.clip:
            quantized = [
                np.rint(np.float32(bound) / self.target.scale) + self.target.zero
                for bound in self.clip
            ]
            low, high = max(low, int(quantized[0])), min(high, int(quantized[1]))
        return low, high


@dataclass
class Chain:
    form: str  # qdq, qlinear
    input: Tensor
    stages: list = field(default_factory=list)
    flatten: str = "Flatten"  # or Reshape
    named: bool = True
    float_input: bool = True  # qdq: the graph starts with QuantizeLinear
    batch: object = "N"


# ------------------------------------------------------------------------------------ random choice


def _random_scale(rng, around):
    """A scale near `around`: of any mantissa, or (one in six) a power of two, which makes ties."""
    if rng.random() < 1 / 6:
        return np.float32(2.0 ** round(np.log2(around)))
    return np.float32(around * 2 ** rng.uniform(-0.5, 0.5))


def _random_zero(rng, dtype):
    low, high = (0, 255) if dtype == "uint8" else (-128, 127)
    pick = rng.random()
    if pick < 0.4:
        return low
    return (low + high + 1) // 2 if pick < 0.55 else rng.randint(low, high)


def _add_weights(rng, data, stage, count, fan_in, shape, activation):
    """Weights, scales, bias and a fitting output scale."""
    kinds = ["symmetric", "per_channel", "asymmetric"] + (
        ["uint8"] if activation == "uint8" else []
    )
    kind = rng.choice(kinds)
    dtype = "uint8" if kind == "uint8" else "int8"
    spread = rng.choice([20, 40, 80])
    values = np.rint(data.normal(0, spread, (count, *shape)))
    stage.weight_zero = 0
    if kind == "asymmetric":
        stage.weight_zero = rng.randint(-128, 127)
    elif kind == "uint8":
        stage.weight_zero = rng.randint(0, 255)
    low, high = (0, 255) if dtype == "uint8" else (-128, 127)
    stage.weights = np.clip(values + stage.weight_zero, low, high).astype(dtype)
    stage.weights.flat[0] = rng.choice([low, high])
    scales = [_random_scale(rng, 0.01) for _ in range(count if kind == "per_channel" else 1)]
    stage.weight_scales = np.array(scales, np.float32)
    # Sums have about this deviation; the output's range is a few of them.
    deviation = np.sqrt(fan_in) * 73 * spread
    if rng.random() < 0.8:
        stage.bias = np.rint(data.normal(0, deviation, count)).astype(np.int32)
    real = deviation * float(stage.source.scale) * float(stage.weight_scales.mean())
    stage.target.scale = _random_scale(rng, real * rng.choice([2, 4, 6]) / 128)


def _add_activation(rng, stage):
    pick = rng.random()
    if pick < 0.45:
        stage.relu = True
    elif pick < 0.65:
        top = float(np.float32(float(stage.target.scale) * rng.uniform(30, 200)))
        stage.clip = (0.0 if rng.random() < 0.6 else -top / 2, top)


def random_chain(rng, form, average):
    """A chain; `average`: "", "last" or "inside" for where an average pooling stands."""
    data = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    dtype = rng.choice(["uint8", "int8"])
    channels = rng.choice([1, 1, 2, 3, 4, 8])
    height, width = rng.randint(5, 20), rng.randint(5, 20)
    image = Tensor(
        (channels, height, width), _random_scale(rng, 1 / 255), _random_zero(rng, dtype), dtype
    )
    chain = Chain(
        form,
        image,
        flatten=rng.choice(["Flatten", "Reshape"]),
        named=rng.random() < 0.8,
        float_input=rng.random() < 0.7,
        batch=rng.choice(["N", "N", 1]),
    )
    used_weights, value = 0, image

    def new(kind, shape, scale=None, zero=None):
        target = Tensor(
            shape,
            value.scale if scale is None else scale,
            value.zero if zero is None else zero,
            dtype,
        )
        return Stage(f"{kind}{len(chain.stages)}", kind, value, target)

    spatial = rng.randint(1, 4) if average != "last" else rng.randint(1, 3)
    average_at = {"": -1, "last": spatial, "inside": rng.randint(0, max(0, spatial - 1))}[average]
    for index in range(spatial + (average == "last")):
        channels, height, width = value.shape
        kernel = (min(rng.randint(1, 5), height), min(rng.randint(1, 5), width))
        stride = (rng.choice([1, 1, 2, 3]), rng.choice([1, 1, 2, 3]))
        pooling = index == average_at or (index > 0 and rng.random() < 0.3)
        if pooling:
            kernel = (min(rng.randint(1, 3), height), min(rng.randint(1, 3), width))
            stride = (rng.randint(1, 2), rng.randint(1, 2))
        pad = (0, 0, 0, 0)
        if rng.random() < 0.6:
            pad = tuple(rng.randint(0, kernel[axis % 2] - 1) for axis in range(4))
        out_height = (height + pad[0] + pad[2] - kernel[0]) // stride[0] + 1
        out_width = (width + pad[1] + pad[3] - kernel[1]) // stride[1] + 1
        if pooling:
            shape = (channels, out_height, out_width)
            if index == average_at:
                stage = new("avgpool", shape)
                stage.count_include_pad = rng.random() < 0.5
                if rng.random() < 0.5:
                    stage.target.scale = _random_scale(rng, float(value.scale))
                    stage.target.zero = _random_zero(rng, dtype)
            else:
                stage = new("maxpool", shape)
        else:
            room = min(
                24,
                MAX_TENSOR // (out_height * out_width),
                (MAX_WEIGHTS - used_weights) // (channels * kernel[0] * kernel[1]),
            )
            count = rng.randint(1, max(1, room))
            stage = new("conv", (count, out_height, out_width), zero=_random_zero(rng, dtype))
            fan_in = channels * kernel[0] * kernel[1]
            _add_weights(rng, data, stage, count, fan_in, (channels, *kernel), dtype)
            _add_activation(rng, stage)
            used_weights += count * fan_in
        stage.kernel, stage.stride, stage.pad = kernel, stride, pad
        chain.stages.append(stage)
        value = stage.target
    for _ in range(rng.randint(0, 3) if average != "last" else 0):
        fan_in = int(np.prod(value.shape))
        count = rng.randint(1, min(64, max(1, (MAX_WEIGHTS - used_weights) // fan_in)))
        stage = new("fc", (count, 1, 1), zero=_random_zero(rng, dtype))
        _add_weights(rng, data, stage, count, fan_in, (fan_in,), dtype)
        stage.operator = rng.choice(["Gemm", "MatMul"])
        stage.transposed = stage.operator == "Gemm" and rng.random() < 0.5
        if stage.operator == "MatMul" and form == "qlinear":
            stage.bias = None  # QLinearMatMul has none
        _add_activation(rng, stage)
        used_weights += count * fan_in
        chain.stages.append(stage)
        value = stage.target
    return chain


# -------------------------------------------------------------------------------------- ONNX graphs


class _Graph:
    def __init__(self, named):
        self.nodes, self.initializers, self.named = [], [], named

    def constant(self, name, value, dtype):
        self.initializers.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def node(self, operator, inputs, name, label=None, domain="", **attributes):
        label = (label or name) if self.named else ""
        self.nodes.append(
            helper.make_node(operator, inputs, [f"{name}_y"], label, domain=domain, **attributes)
        )
        return f"{name}_y"

    def quantization(self, name, tensor):
        return [
            self.constant(f"{name}_scale", tensor.scale, np.float32),
            self.constant(f"{name}_zero", tensor.zero, tensor.dtype),
        ]

    def requantize(self, value, name, tensor):
        pair = self.quantization(name, tensor)
        value = self.node("QuantizeLinear", [value, *pair], f"{name}_quantize")
        return self.node("DequantizeLinear", [value, *pair], f"{name}_dequantize")


def _window(stage):
    return {
        "kernel_shape": list(stage.kernel),
        "strides": list(stage.stride),
        "pads": list(stage.pad),
    }


def _pool_extra(stage):
    return {"count_include_pad": int(stage.count_include_pad)} if stage.kind == "avgpool" else {}


def _stored_weights(graph, stage):
    """[weights, scale, zero point] as initializers, and the axis of the output channels."""
    weights, axis = stage.weights, 0
    if stage.kind == "fc" and not stage.transposed:
        weights, axis = weights.T, 1
    scales, dtype = stage.weight_scales, str(stage.weights.dtype)
    zero = np.full(len(scales), stage.weight_zero)
    if len(scales) == 1:
        scales, zero = scales[0], zero[0]
    return [
        graph.constant(f"{stage.name}_weight", np.ascontiguousarray(weights), dtype),
        graph.constant(f"{stage.name}_weight_scale", scales, np.float32),
        graph.constant(f"{stage.name}_weight_zero", zero, dtype),
    ], axis


def _flatten(graph, chain, value, stage):
    if chain.flatten == "Flatten":
        return graph.node("Flatten", [value], f"{stage.name}_flatten", axis=1)
    shape = graph.constant(f"{stage.name}_shape", [-1, int(np.prod(stage.source.shape))], np.int64)
    return graph.node("Reshape", [value, shape], f"{stage.name}_reshape")


def _finish(graph, chain, inputs, outputs, custom):
    opsets = [helper.make_opsetid("", 13)] + (
        [helper.make_opsetid("com.microsoft", 1)] if custom else []
    )
    proto = helper.make_model(
        helper.make_graph(graph.nodes, "random", inputs, outputs, graph.initializers),
        opset_imports=opsets,
        ir_version=7,
    )
    onnx.checker.check_model(proto)
    return proto


def _value_info(name, chain, shape, element):
    return helper.make_tensor_value_info(name, element, [chain.batch, *shape])


def _element(tensor):
    return TensorProto.UINT8 if tensor.dtype == "uint8" else TensorProto.INT8


def qlinear_stage(graph, stage, value):
    """The stage on the quantized `value`, with its clamp."""
    name, target = stage.name, stage.target
    if stage.kind == "maxpool":
        return graph.node("MaxPool", [value], name, **_window(stage))
    source = graph.quantization(f"{name}_in", stage.source)
    out = graph.quantization(f"{name}_out", target)
    if stage.kind == "avgpool":
        return graph.node(
            "QLinearAveragePool",
            [value, *source, *out],
            name,
            domain="com.microsoft",
            **_window(stage),
            **_pool_extra(stage),
        )
    weights, _ = _stored_weights(graph, stage)
    bias = []
    if stage.bias is not None:
        bias = [graph.constant(f"{name}_bias", stage.bias, np.int32)]
    if stage.kind == "conv":
        inputs = [value, *source, *weights, *out, *bias]
        value = graph.node("QLinearConv", inputs, name, **_window(stage))
    elif stage.operator == "Gemm" or bias:
        inputs = [value, *source, *weights, *(bias or [""]), *out]
        value = graph.node(
            "QGemm", inputs, name, domain="com.microsoft", transB=int(stage.transposed)
        )
    else:
        value = graph.node("QLinearMatMul", [value, *source, *weights, *out], name)
    if stage.clamp() == target.limits():
        return value
    bounds = [
        graph.constant(f"{name}_{side}", bound, target.dtype)
        for side, bound in zip(("low", "high"), stage.clamp())
    ]
    return graph.node("Clip", [value, *bounds], f"{name}_clip")


def build_qlinear(chain, every_output):
    """The QLinear form; every_output: each layer's (clamped) output is a graph output."""
    graph, value, flat, outputs = _Graph(chain.named), "image", False, []
    for stage in chain.stages:
        target = stage.target
        if stage.kind == "fc" and not flat:
            value, flat = _flatten(graph, chain, value, stage), True
        value = qlinear_stage(graph, stage, value)
        outputs.append(
            _value_info(
                value, chain, (target.shape[0],) if flat else target.shape, _element(target)
            )
        )
    inputs = [_value_info("image", chain, chain.input.shape, _element(chain.input))]
    return _finish(graph, chain, inputs, outputs if every_output else outputs[-1:], True)


def qdq_stage(graph, stage, value):
    """The stage on the dequantized `value`, with its clamp, quantized and dequantized again."""
    name = stage.name
    if stage.kind in ("maxpool", "avgpool"):
        operator = "MaxPool" if stage.kind == "maxpool" else "AveragePool"
        value = graph.node(operator, [value], name, **_window(stage), **_pool_extra(stage))
    else:
        weights, axis = _stored_weights(graph, stage)
        along = {"axis": axis} if len(stage.weight_scales) > 1 else {}
        inputs = [
            value,
            graph.node("DequantizeLinear", weights, f"{name}_weight_dequantize", **along),
        ]
        bias = None
        if stage.bias is not None:
            scale = (stage.source.scale * stage.weight_scales).astype(np.float32)
            scale = scale if len(scale) > 1 else scale[0]
            stored = [
                graph.constant(f"{name}_bias", stage.bias, np.int32),
                graph.constant(f"{name}_bias_scale", scale, np.float32),
            ]
            along = {"axis": 0} if len(stage.weight_scales) > 1 else {}
            bias = graph.node("DequantizeLinear", stored, f"{name}_bias_dequantize", **along)
        if stage.kind == "conv":
            value = graph.node("Conv", inputs + ([bias] if bias else []), name, **_window(stage))
        elif stage.operator == "Gemm":
            value = graph.node(
                "Gemm", inputs + ([bias] if bias else []), name, transB=int(stage.transposed)
            )
        else:
            value = graph.node("MatMul", inputs, name)
            if bias:
                value = graph.node("Add", [value, bias], f"{name}_add")
    if stage.relu:
        value = graph.node("Relu", [value], f"{name}_relu")
    if stage.clip:
        bounds = [
            graph.constant(f"{name}_{side}", bound, np.float32)
            for side, bound in zip(("low", "high"), stage.clip)
        ]
        value = graph.node("Clip", [value, *bounds], f"{name}_clip")
    return graph.requantize(value, name, stage.target)


def build_qdq(chain):
    """The QDQ form: float operators between DequantizeLinear and QuantizeLinear."""
    graph, flat = _Graph(chain.named), False
    pair = graph.quantization("image", chain.input)
    value = (
        graph.node("QuantizeLinear", ["image", *pair], "image_quantize")
        if chain.float_input
        else "image"
    )
    value = graph.node("DequantizeLinear", [value, *pair], "image_dequantize")
    for stage in chain.stages:
        if stage.kind == "fc" and not flat:
            value, flat = _flatten(graph, chain, value, stage), True
            value = graph.requantize(value, f"{stage.name}_flat", stage.source)
        value = qdq_stage(graph, stage, value)
    last = chain.stages[-1].target.shape
    element = TensorProto.FLOAT if chain.float_input else _element(chain.input)
    inputs = [_value_info("image", chain, chain.input.shape, element)]
    outputs = [_value_info(value, chain, last[:1] if flat else last, TensorProto.FLOAT)]
    return _finish(graph, chain, inputs, outputs, False)


# -------------------------------------------------------------------------------------------- cases


def make_case(seed, images, average=None, form=None):
    """(chain, model proto, quantized images N x C x H x W, list of expected outputs N x C x H x W
    per layer).
    """
    rng = random.Random(f"systole {seed}")
    form = form or rng.choice(["qdq", "qlinear"])
    if average is None:
        average = rng.choice(["", "", "", "", "", "last", "inside"])
    chain = random_chain(rng, form, average)
    data = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    low, high = chain.input.limits()
    pixels = data.integers(low, high + 1, (images, *chain.input.shape)).astype(chain.input.dtype)
    expected = [
        array.reshape(images, *stage.target.shape)
        for array, stage in zip(reference(chain, pixels), chain.stages)
    ]
    return (
        chain,
        build_qdq(chain) if form == "qdq" else build_qlinear(chain, False),
        pixels,
        expected,
    )


def _as_uint8(chain):
    """The same chain with every int8 activation and its zero point moved by 128."""

    def moved(tensor):
        return replace(tensor, zero=tensor.zero + 128, dtype="uint8")

    stages = [
        replace(stage, source=moved(stage.source), target=moved(stage.target))
        for stage in chain.stages
    ]
    return replace(chain, input=moved(chain.input), stages=stages)


def reference(chain, pixels):
    """ONNX Runtime's output of every layer.

    Chains of int8 activations run twice: as they are, and moved to uint8, where no processor
    saturates. Both must agree up to the first average pooling (whose floats depend on the zero
    point); where they do not, the int8 kernels of this processor saturate and the run stops, since
    it would prove nothing.
    """
    batch = 1 if chain.batch == 1 else len(pixels)
    if chain.input.dtype == "uint8":
        return ort.run(ort.session(build_qlinear(chain, True)), pixels, batch)
    native = ort.run(ort.session(build_qlinear(chain, True), precise=False), pixels, batch)
    moved = (pixels.astype(np.int16) + 128).astype(np.uint8)
    moved = ort.run(ort.session(build_qlinear(_as_uint8(chain), True)), moved, batch)
    moved = [(array.astype(np.int16) - 128).astype(np.int8) for array in moved]
    kinds = [stage.kind for stage in chain.stages]
    exact = kinds.index("avgpool") if "avgpool" in kinds else len(kinds)
    if any((a != b).any() for a, b in zip(native[:exact], moved)):
        raise UserError(
            "ONNX Runtime's int8 kernels saturate on this processor (no VNNI): no reference can be"
            " made here"
        )
    return native


def write_case(folder, case, layers):
    """Writes one case and returns its manifest entry."""
    chain, proto, pixels, expected = case
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(proto.SerializeToString(deterministic=True))
    np.save(os.path.join(folder, "input.npy"), pixels)
    np.save(os.path.join(folder, "expected.npy"), expected[-1])
    described = []
    for index, (stage, array) in enumerate(zip(chain.stages, expected)):
        if layers:
            np.save(os.path.join(folder, f"expected_{index}.npy"), array)
        clip_node = (
            chain.form == "qlinear"
            and stage.kind in ("conv", "fc")
            and stage.clamp() != stage.target.limits()
        )
        operator = (
            stage.operator
            or {"conv": "Conv", "maxpool": "MaxPool", "avgpool": "AveragePool"}[stage.kind]
        )
        described.append(
            {
                "name": stage.name if chain.named else "",
                "operator": operator,
                "shape": stage.target.shape,
                "clip_node": clip_node,
            }
        )
    average = [stage.kind for stage in chain.stages].count("avgpool") > 0
    return {"form": chain.form, "type": chain.input.dtype, "average": average, "layers": described}


def write_cases(out, seed, count, images, layers=True, max_bytes=None):
    """Writes `count` cases into the folder `out` and its manifest.json; returns the manifest."""
    manifest = []
    while len(manifest) < count:
        case = make_case(seed, images)
        if not max_bytes or case[1].ByteSize() <= max_bytes:
            folder = f"{len(manifest):03d}"
            manifest.append(
                {
                    "folder": folder,
                    "seed": seed,
                    **write_case(os.path.join(out, folder), case, layers),
                }
            )
        seed += 1
    with open(os.path.join(out, "manifest.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(entry) for entry in manifest) + "\n]\n")
    return manifest


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="the first seed; each model has the next (default: %(default)s)",
    )
    parser.add_argument("--count", type=int, default=100, help="models (default: %(default)s)")
    parser.add_argument(
        "--images", type=int, default=4, help="images a model (default: %(default)s)"
    )
    parser.add_argument(
        "--layers", action="store_true", help="also write the expected output of every layer"
    )
    parser.add_argument(
        "--max-bytes", type=int, help="skip models whose file is larger, and go on to the next seed"
    )
    parser.add_argument("--out", required=True, help="folder to write")
    arguments = parser.parse_args(argv)
    if arguments.count < 1 or arguments.images < 1:
        raise UserError("--count and --images must be at least 1")
    manifest = write_cases(
        arguments.out,
        arguments.seed,
        arguments.count,
        arguments.images,
        arguments.layers,
        arguments.max_bytes,
    )
    print(
        f"wrote {len(manifest)} models, seeds {manifest[0]['seed']} to {manifest[-1]['seed']},"
        f" to {arguments.out}"
    )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        print(f"random_models.py: {error}", file=sys.stderr)
        sys.exit(2)
