#!/usr/bin/env python3
"""ONNX files of two large networks in QLinear form, with random weights, for measuring speed.

Usage: bench_networks.py NAME -o FILE.onnx     NAME: mobilenet_v2, resnet50

Shapes are torchvision's (ResNet-50 "1.5": 4.09 G multiply-adds; MobileNetV2: 301 M); the scales
keep values inside their range. The same NAME gives the same file.
"""

import argparse

import numpy as np
import onnx
from onnx import helper, numpy_helper


class Builder:
    """Tensors are (name, channels, side, scale, zero point), uint8; weights int8, per channel."""

    def __init__(self, name):
        self.random = np.random.default_rng(20261129)
        self.name, self.nodes, self.constants = name, [], []

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def quantization(self, scale, zero, dtype=np.uint8):
        return [self.constant(np.float32(scale)), self.constant(np.array(zero, dtype))]

    def node(self, operator, inputs, domain="", **attributes):
        output = f"{operator}_{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(operator, inputs, [output], output, domain=domain, **attributes)
        )
        return output

    def filters(self, n, *shape):
        weights = self.random.integers(-127, 128, (n, *shape)).astype(np.int8)
        scales = (0.004 * 2 ** self.random.uniform(-1, 1, n)).astype(np.float32)
        bias = self.random.integers(-4000, 4000, n).astype(np.int32)
        return weights, scales, bias

    def conv(self, x, n, kernel, stride=1, groups=1, relu=True):
        name, channels, side, scale, zero = x
        weights, scales, bias = self.filters(n, channels // groups, kernel, kernel)
        out_scale = float(scale) * 0.004 * 75 * 0.5 * np.sqrt(weights[0].size)
        zero_out = 0 if relu else 128
        pad = kernel // 2
        result = self.node(
            "QLinearConv",
            [name, *self.quantization(scale, zero), self.constant(weights)]
            + [self.constant(scales), self.constant(np.zeros(n, np.int8))]
            + [*self.quantization(out_scale, zero_out), self.constant(bias)],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[pad] * 4,
            group=groups,
        )
        return result, n, (side + 2 * pad - kernel) // stride + 1, out_scale, zero_out

    def add(self, a, b, relu):
        scale, zero = 1.5 * max(a[3], b[3]), 0 if relu else 128
        inputs = [a[0], *self.quantization(*a[3:]), b[0], *self.quantization(*b[3:])]
        inputs += self.quantization(scale, zero)
        return self.node("QLinearAdd", inputs, "com.microsoft"), *a[1:3], scale, zero

    def head(self, x, classes):
        name, channels, _, scale, zero = x
        inputs = [name, *self.quantization(scale, zero), *self.quantization(scale / 2, zero)]
        pooled = self.node("QLinearGlobalAveragePool", inputs, "com.microsoft")
        flat = self.node("Flatten", [pooled])
        weights, scales, bias = self.filters(classes, channels)
        quantized = [flat, *self.quantization(scale / 2, zero), self.constant(weights)]
        quantized += [self.constant(scales), self.constant(np.zeros(classes, np.int8))]
        quantized += [self.constant(bias), *self.quantization(scale * 4, 128)]
        return self.node("QGemm", quantized, "com.microsoft", transB=1)

    def model(self, output, classes):
        shape = [1, 3, 224, 224]
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("x", onnx.TensorProto.UINT8, shape)],
            [helper.make_tensor_value_info(output, onnx.TensorProto.UINT8, [1, classes])],
            self.constants,
        )
        versions = [helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=8)


def resnet50():
    b = Builder("resnet50")
    x = b.conv(("x", 3, 224, 0.02, 120), 64, 7, 2)
    pooled = b.node("MaxPool", [x[0]], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    x = (pooled, 64, 56, *x[3:])
    for width, blocks, first_stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            y = b.conv(b.conv(x, width, 1), width, 3, stride)
            y = b.conv(y, 4 * width, 1, relu=False)
            shortcut = b.conv(x, 4 * width, 1, stride, relu=False) if block == 0 else x
            x = b.add(y, shortcut, relu=True)
    return b.model(b.head(x, 1000), 1000)


def mobilenet_v2():
    b = Builder("mobilenet_v2")
    x = b.conv(("x", 3, 224, 0.02, 120), 32, 3, 2)
    for expand, n, blocks, first_stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            hidden = x[1] * expand
            y = b.conv(x, hidden, 1) if expand > 1 else x
            y = b.conv(y, hidden, 3, stride, groups=hidden)
            y = b.conv(y, n, 1, relu=False)
            x = b.add(x, y, relu=False) if block else y
    return b.model(b.head(b.conv(x, 1280, 1), 1000), 1000)


NETWORKS = {"mobilenet_v2": mobilenet_v2, "resnet50": resnet50}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=sorted(NETWORKS))
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    onnx.save(NETWORKS[arguments.name](), arguments.output)


if __name__ == "__main__":
    main()
