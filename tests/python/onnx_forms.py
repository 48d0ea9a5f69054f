"""The graphs of onnx_graphs.py as ONNX files, in QDQ form and in QLinear form. Operators that have
no QLinear kernel stand between DequantizeLinear and QuantizeLinear in both.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {"uint8": TensorProto.UINT8, "int8": TensorProto.INT8}
QLINEAR = {"LeakyRelu": "QLinearLeakyRelu", "Sigmoid": "QLinearSigmoid"}


class _Writer:
    def __init__(self, net, form):
        self.net, self.form = net, form
        self.nodes, self.initializers = [], []
        self.integers, self.reals = {}, {}  # names by value

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def node(self, operator, inputs, output, domain="", **attributes):
        self.nodes.append(
            helper.make_node(
                operator, inputs, [output], f"{operator}_{output}", domain=domain, **attributes
            )
        )
        return output

    def grid(self, index):
        value = self.net.values[index]
        if f"s{index}" not in {tensor.name for tensor in self.initializers}:
            self.constant(f"s{index}", np.array(value.scale, np.float32))
            self.constant(f"z{index}", np.array(value.zero, self.net.dtype))
        return [f"s{index}", f"z{index}"]

    def real(self, index):
        if index not in self.reals:
            name = f"r{index}"
            self.node("DequantizeLinear", [self.integers[index], *self.grid(index)], name)
            self.reals[index] = name
        return self.reals[index]

    def quantize(self, name, index):
        self.integers[index] = self.node("QuantizeLinear", [name, *self.grid(index)], f"q{index}")

    def qlinear(self, operator, inputs, index, **attributes):
        self.integers[index] = self.node(
            operator, inputs, f"q{index}", domain="com.microsoft", **attributes
        )

    def operand(self, index):
        return [self.integers[index], *self.grid(index)]

    def functions(self, name, node, index):
        for k, (operator, attributes, constants) in enumerate(node.fused):
            inputs = [self.constant(f"c{index}_{k}_{i}", c) for i, c in enumerate(constants)]
            name = self.node(operator, [name, *inputs], f"f{index}_{k}", **attributes)
        return name

    # ------------------------------------------------------------------------------ operators
    def conv(self, node, index):
        weights = [self.constant(f"w{index}", node.constants["weights"])]
        scales, bias = node.constants["scales"], node.constants["bias"]
        zero = np.zeros(len(scales), np.int8)
        if len(scales) == 1:
            scales, zero = scales[0], zero[0]
        weights += [
            self.constant(f"ws{index}", np.array(scales, np.float32)),
            self.constant(f"wz{index}", np.array(zero, np.int8)),
        ]
        source = node.sources[0]
        if self.form == "qlinear":
            inputs = [*self.operand(source), *weights, *self.grid(index)]
            if bias is not None:
                inputs.append(self.constant(f"b{index}", bias))
            name = self.node("QLinearConv", inputs, f"q{index}", **node.attributes)
            if node.fused:  # ReLU on integers
                low = self.constant(f"low{index}", np.array(node.target.zero, self.net.dtype))
                name = self.node("Clip", [name, low], f"k{index}")
            self.integers[index] = name
            return
        along = {"axis": 0} if np.ndim(scales) else {}
        inputs = [self.real(source), self.node("DequantizeLinear", weights, f"wr{index}", **along)]
        if bias is not None:
            scale = (self.net.values[source].scale * np.array(scales)).astype(np.float32)
            stored = [self.constant(f"b{index}", bias), self.constant(f"bs{index}", scale)]
            inputs.append(self.node("DequantizeLinear", stored, f"br{index}", **along))
        name = self.node("Conv", inputs, f"y{index}", **node.attributes)
        self.quantize(self.functions(name, node, index), index)

    def gemm(self, node, index):
        source, way = node.sources[0], node.attributes["way"]
        whole = self.integers[source] if self.form == "qlinear" else self.real(source)
        if way == "Transpose":  # the rows of the matrix lie H-W-C then
            whole = self.node("Transpose", [whole], f"last{index}", perm=[0, 2, 3, 1])
        if way != "Reshape":
            flat = self.node("Flatten", [whole], f"flat{index}", axis=1)
        else:
            shape = self.constant(f"shape{index}", np.array([0, -1], np.int64))
            flat = self.node("Reshape", [whole, shape], f"flat{index}")
        weights = [
            self.constant(f"w{index}", node.constants["weights"]),
            self.constant(f"ws{index}", node.constants["scales"][0]),
            self.constant(f"wz{index}", np.array(0, np.int8)),
        ]
        bias = self.constant(f"b{index}", node.constants["bias"])
        if self.form == "qlinear":
            self.qlinear(
                "QGemm", [flat, *self.grid(source), *weights, bias, *self.grid(index)], index
            )
            return
        scale = np.float32(self.net.values[source].scale * node.constants["scales"][0])
        stored = [bias, self.constant(f"bs{index}", np.array(scale, np.float32))]
        inputs = [
            flat,
            self.node("DequantizeLinear", weights, f"wr{index}"),
            self.node("DequantizeLinear", stored, f"br{index}"),
        ]
        self.quantize(self.node("Gemm", inputs, f"y{index}"), index)

    def pad(self, node, index):
        top, left, bottom, right = node.attributes["widths"]
        widths = self.constant(f"p{index}", np.array([0, 0, top, left, 0, 0, bottom, right]))
        source = node.sources[0]
        if self.form == "qlinear":
            zero = self.constant(f"pz{index}", np.array(node.target.zero, self.net.dtype))
            self.integers[index] = self.node(
                "Pad", [self.integers[source], widths, zero], f"q{index}"
            )
        else:
            self.quantize(self.node("Pad", [self.real(source), widths], f"y{index}"), index)

    def write(self, node, index):
        qlinear, sources = self.form == "qlinear", node.sources
        if node.operator == "Conv":
            self.conv(node, index)
        elif node.operator == "Gemm":
            self.gemm(node, index)
        elif node.operator == "Pad":
            self.pad(node, index)
        elif node.operator == "Function":
            only = node.fused[0] if len(node.fused) == 1 else ("", {}, [])
            if qlinear and only[0] in QLINEAR:
                inputs = [*self.operand(sources[0]), *self.grid(index)]
                self.qlinear(QLINEAR[only[0]], inputs, index, **only[1])
            else:
                self.quantize(self.functions(self.real(sources[0]), node, index), index)
        elif node.operator == "MaxPool" and qlinear:
            self.integers[index] = self.node(
                "MaxPool", [self.integers[sources[0]]], f"q{index}", **node.attributes
            )
        elif node.operator == "Concat" and qlinear:
            inputs = sum((self.operand(s) for s in sources), self.grid(index))
            self.qlinear("QLinearConcat", inputs, index, axis=1)
        elif node.operator == "Add" and qlinear:
            self.qlinear(
                "QLinearAdd",
                [*self.operand(sources[0]), *self.operand(sources[1]), *self.grid(index)],
                index,
            )
        elif node.operator == "Softmax" and qlinear:
            self.qlinear(
                "QLinearSoftmax",
                [*self.operand(sources[0]), *self.grid(index)],
                index,
                axis=-1,
                opset=13,
            )
        elif node.operator in ("AveragePool", "GlobalAveragePool") and qlinear:
            self.qlinear(
                f"QLinear{node.operator}",
                [*self.operand(sources[0]), *self.grid(index)],
                index,
                **node.attributes,
            )
        else:
            extra = {"axis": 1} if node.operator == "Concat" else node.attributes
            name = self.node(node.operator, [self.real(s) for s in sources], f"y{index}", **extra)
            self.quantize(name, index)


def emit(net, form):
    """The graph in a form; its outputs are the integers of net.outputs."""
    writer = _Writer(net, form)
    shape = ["N", *net.values[0].shape]
    if form == "qlinear":
        writer.integers[0] = "x"
        inputs = [helper.make_tensor_value_info("x", TYPES[net.dtype], shape)]
    else:
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
        writer.quantize("x", 0)
    for k, node in enumerate(net.nodes):
        writer.write(node, k + 1)
    outputs = [
        helper.make_tensor_value_info(
            writer.integers[i], TYPES[net.dtype], ["N", *net.values[i].shape]
        )
        for i in net.outputs
    ]
    graph = helper.make_graph(writer.nodes, "random", inputs, outputs, writer.initializers)
    opsets = [helper.make_opsetid("", 14), helper.make_opsetid("com.microsoft", 1)]
    proto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(proto)
    return proto
