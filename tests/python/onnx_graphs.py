"""Random small quantized ONNX graphs of every operator that the importer takes, in QDQ form and in
QLinear form: the yardstick of onnx_graphs_test.py is ONNX Runtime on the QLinear form.

A graph is drawn here once and written in either form by onnx_forms.py. Averages of windows, which
ONNX Runtime computes in floating point, are read by nothing: their own outputs alone differ.
"""

import dataclasses
import random

import numpy as np

FUNCTIONS = ("LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "PRelu", "Clip", "Relu")


@dataclasses.dataclass
class Value:
    shape: tuple  # C, H, W, or K
    scale: np.float32
    zero: int
    averaged: bool = False


@dataclasses.dataclass
class Node:
    operator: str
    sources: list
    target: Value
    attributes: dict = dataclasses.field(default_factory=dict)
    constants: dict = dataclasses.field(default_factory=dict)
    fused: list = dataclasses.field(default_factory=list)  # further functions before the target


@dataclasses.dataclass
class Net:
    dtype: str
    values: list
    nodes: list
    outputs: list

    def limits(self):
        info = np.iinfo(self.dtype)
        return int(info.min), int(info.max)


class _Drawer:
    def __init__(self, rng):
        self.rng = rng
        self.data = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
        self.net = Net(rng.choice(["uint8", "int8"]), [], [], [])
        shape = (rng.randint(1, 6), rng.randint(4, 11), rng.randint(4, 11))
        self.net.values.append(Value(shape, self.scale(1 / 64), self.zero()))

    def scale(self, around):
        if self.rng.random() < 1 / 6:  # ties
            return np.float32(2.0 ** np.round(np.log2(around)))
        return np.float32(around * 2 ** self.rng.uniform(-0.5, 0.5))

    def zero(self):
        low, high = self.net.limits()
        return self.rng.choice([low, (low + high + 1) // 2, self.rng.randint(low, high)])

    def grid(self, around):
        return self.scale(float(around)), self.zero()

    def add(self, operator, sources, shape, scale, zero, **others):
        self.net.values.append(
            Value(tuple(int(n) for n in shape), np.float32(scale), zero, **others.pop("value", {}))
        )
        self.net.nodes.append(Node(operator, sources, self.net.values[-1], **others))

    # ------------------------------------------------------------------------------ operators
    def images(self):
        return [i for i, v in enumerate(self.net.values) if len(v.shape) == 3 and not v.averaged]

    def conv(self, source, padded=None):
        rng, x = self.rng, self.net.values[source]
        channels, height, width = padded or x.shape
        kernel = [rng.choice([1, 2, 3]) for _ in range(2)]
        dilation = [rng.choice([1, 1, 2]) for _ in range(2)]
        stride = [rng.choice([1, 1, 2]) for _ in range(2)]
        pads = [rng.randint(0, kernel[i % 2] - 1) for i in range(4)]
        groups = rng.choice([g for g in (1, 1, channels, 2, 3) if channels % g == 0])
        count = groups * rng.randint(1, 3)
        sides = []
        for axis, size in enumerate((height, width)):
            room = size + pads[axis] + pads[axis + 2] - dilation[axis] * (kernel[axis] - 1) - 1
            if room < 0:
                return False
            sides.append(room // stride[axis] + 1)
        fan_in = channels // groups * kernel[0] * kernel[1]
        # At most 64 in magnitude, so that no processor saturates.
        weights = np.clip(np.rint(self.data.normal(0, 30, (count, fan_in))), -64, 64)
        per_channel = rng.random() < 0.5
        scales = [self.scale(0.01) for _ in range(count if per_channel else 1)]
        output = float(x.scale) * 0.01 * 30 * 73 * np.sqrt(fan_in) / 40
        bias = np.rint(self.data.normal(0, 1000, count)).astype(np.int32)
        scale, zero = self.grid(output)
        constants = {
            "weights": weights.reshape(count, channels // groups, *kernel).astype(np.int8),
            "scales": np.array(scales, np.float32),
            "bias": bias if rng.random() < 0.8 else None,
        }
        attributes = {
            "kernel_shape": kernel,
            "dilations": dilation,
            "strides": stride,
            "pads": pads,
            "group": groups,
        }
        fused = [("Relu", {}, [])] if rng.random() < 0.4 else []
        self.add(
            "Conv",
            [source],
            (count, *sides),
            scale,
            zero,
            attributes=attributes,
            constants=constants,
            fused=fused,
        )
        return True

    def function(self, source, operator=None):
        rng, x = self.rng, self.net.values[source]
        operator = operator or rng.choice(FUNCTIONS)
        scale, zero = self.grid(x.scale)
        attributes, constants, reach = {}, [], float(x.scale) * 128
        if operator == "LeakyRelu":
            attributes = {"alpha": rng.choice([0.01, 0.1, 0.3])}
        elif operator in ("Sigmoid", "HardSigmoid", "Tanh"):
            scale, zero = self.grid(1 / 256)
            if operator == "HardSigmoid" and rng.random() < 0.5:
                attributes = {"alpha": 1 / 6, "beta": 0.5}
        elif operator == "PRelu":
            shape = rng.choice([(1,), (x.shape[0], 1, 1)])
            constants = [self.data.uniform(-0.5, 0.5, shape).astype(np.float32)]
        elif operator == "Clip":
            bounds = sorted(self.data.uniform(-reach, reach, 2).astype(np.float32))
            constants = [np.array(bound, np.float32) for bound in bounds]
        if operator in ("Relu", "Clip") and rng.random() < 0.5:
            scale, zero = x.scale, x.zero
        self.add(
            "Function", [source], x.shape, scale, zero, fused=[(operator, attributes, constants)]
        )
        return True

    def affine(self, source):
        """Batch normalization or arithmetic with constants, then perhaps a function."""
        rng, x = self.rng, self.net.values[source]
        count, reach = x.shape[0], float(x.scale) * 128
        if rng.random() < 0.6:
            constants = [
                self.data.uniform(0.5, 1.5, count),
                self.data.normal(0, reach / 4, count),
                self.data.normal(0, reach / 4, count),
                self.data.uniform(0.5, 2, count),
            ]
            step = ("BatchNormalization", {"epsilon": 1e-5}, constants)
        else:
            shape = rng.choice([(), (count, 1, 1)])
            operator = rng.choice(["Mul", "Add", "Sub", "Div"])
            middle = 0 if operator in ("Add", "Sub") else 1.3
            step = (operator, {}, [middle + self.data.uniform(-0.3, 0.3, shape)])
        step = (*step[:2], [np.array(c).astype(np.float32) for c in step[2]])
        fused = [step] + ([("Relu", {}, [])] if rng.random() < 0.5 else [])
        scale, zero = self.grid(x.scale)
        self.add("Function", [source], x.shape, scale, zero, fused=fused)
        return True

    def rescale(self, source):
        x = self.net.values[source]
        scale, zero = self.grid(float(x.scale) * 2 ** self.rng.uniform(-1, 1))
        self.add("Function", [source], x.shape, scale, zero)
        return True

    def pool(self, source, operator):
        rng, x = self.rng, self.net.values[source]
        if source > 0 and self.net.nodes[source - 1].operator == "Pad":
            return False  # ONNX Runtime fuses them, and may then refuse the sum of paddings
        kernel, stride = ([rng.randint(1, 3) for _ in range(2)] for _ in range(2))
        pads = [rng.randint(0, kernel[i % 2] - 1) for i in range(4)]
        ceil, include, sides = rng.random() < 0.4, 0, []
        for axis, size in enumerate(x.shape[1:]):
            room = size + pads[axis] + pads[axis + 2] - kernel[axis]
            if room < 0:
                return False
            side = room // stride[axis] + 1
            if ceil and room % stride[axis]:
                if side * stride[axis] >= size + pads[axis]:
                    return False  # a window of padding alone, of which ONNX Runtime is not sure
                side += 1
            sides.append(side)
        if operator == "AveragePool" and not ceil:
            include = rng.randint(0, 1)
        attributes = {
            "kernel_shape": kernel,
            "strides": stride,
            "pads": pads,
            "ceil_mode": int(ceil),
        }
        scale, zero, averaged = x.scale, x.zero, False
        if operator == "AveragePool":
            attributes["count_include_pad"] = include
            scale, zero, averaged = *self.grid(x.scale / 2), True
        self.add(
            operator,
            [source],
            (x.shape[0], *sides),
            scale,
            zero,
            attributes=attributes,
            value={"averaged": averaged},
        )
        return True

    def mean(self, source):
        x = self.net.values[source]
        scale, zero = self.grid(x.scale / 3)
        if self.rng.random() < 0.3:
            attributes = {"axes": [2, 3], "keepdims": 1}
            self.add(
                "ReduceMean",
                [source],
                (x.shape[0], 1, 1),
                scale,
                zero,
                attributes=attributes,
                value={"averaged": True},
            )
        else:
            self.add("GlobalAveragePool", [source], (x.shape[0], 1, 1), scale, zero)
        return True

    def join(self):
        sources = self.images()
        source = self.rng.choice(sources)
        same = [
            i for i in sources if self.net.values[i].shape[1:] == self.net.values[source].shape[1:]
        ]
        parts = [self.rng.choice(same) for _ in range(self.rng.randint(2, 3))]
        values = [self.net.values[i] for i in parts]
        scale, zero = self.grid(max(v.scale for v in values))
        if self.rng.random() < 0.3:
            scale, zero = values[0].scale, values[0].zero
        channels = sum(v.shape[0] for v in values)
        if channels > 24:
            return False
        self.add("Concat", parts, (channels, *values[0].shape[1:]), scale, zero)
        return True

    def sum(self):
        sources = self.images()
        source = self.rng.choice(sources)
        same = [i for i in sources if self.net.values[i].shape == self.net.values[source].shape]
        parts = [source, self.rng.choice(same)]
        self.rng.shuffle(parts)
        values = [self.net.values[i] for i in parts]
        scale, zero = self.grid(max(v.scale for v in values) * 1.5)
        self.add("Add", parts, values[0].shape, scale, zero)
        return True

    def padding(self, source):
        x = self.net.values[source]
        widths = [self.rng.randint(0, 2) for _ in range(4)]  # top, left, bottom, right
        shape = (x.shape[0], x.shape[1] + widths[0] + widths[2], x.shape[2] + widths[1] + widths[3])
        self.add("Pad", [source], shape, x.scale, x.zero, attributes={"widths": widths})
        if self.rng.random() < 0.6:
            self.conv(len(self.net.values) - 1)
        return True

    def head(self, source):
        """Flatten, a matrix product, and perhaps a softmax."""
        rng, x = self.rng, self.net.values[source]
        size, count = int(np.prod(x.shape)), rng.randint(2, 12)
        weights = np.clip(np.rint(self.data.normal(0, 30, (size, count))), -64, 64).astype(np.int8)
        scale, zero = self.grid(float(x.scale) * 0.01 * 30 * 73 * np.sqrt(size) / 40)
        constants = {
            "weights": weights,
            "scales": np.array([self.scale(0.01)], np.float32),
            "bias": np.rint(self.data.normal(0, 1000, count)).astype(np.int32),
        }
        way = rng.choice(["Flatten", "Reshape", "Transpose"])
        self.add(
            "Gemm", [source], (count,), scale, zero, attributes={"way": way}, constants=constants
        )
        if rng.random() < 0.5:
            low, _ = self.net.limits()
            self.add("Softmax", [len(self.net.values) - 1], (count,), np.float32(1 / 256), low)


def random_net(seed, steps=7):
    rng = random.Random(f"systole onnx {seed}")
    drawer = _Drawer(rng)
    net = drawer.net
    while len(net.nodes) < steps:
        source = rng.choice(drawer.images()[-3:])
        kind = rng.choice(
            [
                "conv",
                "conv",
                "function",
                "function",
                "affine",
                "rescale",
                "max",
                "average",
                "mean",
                "join",
                "join",
                "sum",
                "sum",
                "pad",
            ]
        )
        if kind == "conv":
            drawer.conv(source)
        elif kind == "max":
            drawer.pool(source, "MaxPool")
        elif kind == "average":
            drawer.pool(source, "AveragePool")
        elif kind == "join":
            drawer.join()
        elif kind == "sum":
            drawer.sum()
        elif kind == "pad":
            drawer.padding(source)
        else:
            getattr(drawer, kind)(source)
    if rng.random() < 0.5:
        drawer.head(drawer.images()[-1])
    read = {s for node in net.nodes for s in node.sources}
    net.outputs = [i for i in range(1, len(net.values)) if i not in read or rng.random() < 0.15]
    return net


def random_images(net, seed, count):
    data = np.random.default_rng(seed)
    low, high = net.limits()
    return data.integers(low, high + 1, (count, *net.values[0].shape)).astype(net.dtype)
