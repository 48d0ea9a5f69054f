#!/usr/bin/env python3
"""Makes a small quantized ONNX model from nothing, the smallest that shows every step.

    .venv/bin/python examples/own_model/make_model.py -o build/own.onnx

A 3x3 convolution of 4 filters with ReLU, 2x2 max pooling, and a fully connected layer of 3 outputs,
on 1 x 8 x 8 images, in QDQ form: every quantized tensor stands between QuantizeLinear and
DequantizeLinear. Replace the weights by yours, the scales by those of your calibration.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def constant(name, value, dtype):
    return numpy_helper.from_array(np.array(value, dtype), name)


def build():
    """The model as an onnx.ModelProto."""
    rng = np.random.default_rng(1)
    values, nodes = [], []

    def quantize(source, name, scale, zero):
        values.append(constant(name + "_s", scale, np.float32))
        values.append(constant(name + "_z", zero, np.uint8))
        parameters = [name + "_s", name + "_z"]
        nodes.append(helper.make_node("QuantizeLinear", [source, *parameters], [name + "_q"]))
        nodes.append(helper.make_node("DequantizeLinear", [name + "_q", *parameters], [name]))

    def weights(name, shape, scale, bias_scale):
        values.append(constant(name + "_wq", rng.integers(-127, 128, shape), np.int8))
        values.append(constant(name + "_ws", scale, np.float32))
        values.append(constant(name + "_wz", 0, np.int8))
        values.append(constant(name + "_bq", rng.integers(-500, 500, shape[0]), np.int32))
        values.append(constant(name + "_bs", np.float32(bias_scale), np.float32))
        inputs = [name + "_wq", name + "_ws", name + "_wz"]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name + "_w"]))
        nodes.append(
            helper.make_node("DequantizeLinear", [name + "_bq", name + "_bs"], [name + "_b"])
        )

    # The scale of a bias is that of the layer's input times that of its weights.
    image, hidden, ws = np.float32(1 / 255), np.float32(0.02), np.float32(0.01)
    quantize("image", "x", image, 0)
    weights("conv", (4, 1, 3, 3), ws, image * ws)
    nodes.append(
        helper.make_node("Conv", ["x", "conv_w", "conv_b"], ["conv_y"], "conv", pads=[1] * 4)
    )
    nodes.append(helper.make_node("Relu", ["conv_y"], ["relu_y"], "relu"))
    quantize("relu_y", "h", hidden, 0)
    nodes.append(
        helper.make_node("MaxPool", ["h"], ["pool_y"], "pool", kernel_shape=[2, 2], strides=[2, 2])
    )
    quantize("pool_y", "p", hidden, 0)
    nodes.append(helper.make_node("Flatten", ["p"], ["flat"], "flatten"))
    weights("fc", (3, 64), ws, hidden * ws)
    nodes.append(helper.make_node("Gemm", ["flat", "fc_w", "fc_b"], ["fc_y"], "fc", transB=1))
    quantize("fc_y", "y", 0.5, 128)
    graph = helper.make_graph(
        nodes,
        "own",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])],
        values,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", default="build/own.onnx")
    parser.add_argument(
        "--images", default="build/own.npy", help="random images, 10 x 1 x 8 x 8 uint8"
    )
    options = parser.parse_args()
    model = build()
    onnx.checker.check_model(model)
    onnx.save(model, options.output)
    np.save(
        options.images, np.random.default_rng(2).integers(0, 256, (10, 1, 8, 8), dtype=np.uint8)
    )
    print(f"{options.output}, {options.images}")


if __name__ == "__main__":
    main()
