"""Damaged and unsupported .tflite files: each is refused in one line that names file, operator and
what is wrong, with exit status 2.
"""

import os
import subprocess
import tempfile
import unittest

import numpy as np
from tflite_writer import Writer, options

SEED = 20261129


class Network:
    """A convolution, a pooling and a fully connected layer; cases spoil it before `bytes()`."""

    def __init__(self):
        self.writer = w = Writer()
        self.x = w.tensor([1, 6, 6, 4], "int8", 0.5, 3)
        self.y = w.tensor([1, 6, 6, 8], "int8", 0.25, -5)
        self.z = w.tensor([1, 3, 3, 8], "int8", 0.25, -5)
        self.out = w.tensor([1, 5], "int8", 0.5, 0)
        self.filters = w.constant(np.ones((8, 3, 3, 4), np.int8), [0.1] * 8)
        self.bias = w.constant(np.zeros(8, np.int32), [0.05] * 8)
        self.matrix = w.constant(np.ones((5, 72), np.int8), 0.1)
        w.operator(
            "CONV_2D",
            [self.x, self.filters, self.bias],
            [self.y],
            options("Conv2D", strideH=1, strideW=1),
        )
        pool = options("Pool2D", strideH=2, strideW=2, filterHeight=2, filterWidth=2)
        w.operator("MAX_POOL_2D", [self.y], [self.z], pool)
        w.operator("FULLY_CONNECTED", [self.z, self.matrix], [self.out], options("FullyConnected"))
        w.graph.inputs, w.graph.outputs = [self.x], [self.out]

    def tensor(self, index):
        return self.writer.graph.tensors[index]

    def operator(self, index):
        return self.writer.graph.operators[index]

    def after(self, name, dtype="int8", shape=(1, 5), made=None, extra=()):
        """An operator behind the last one."""
        end = self.writer.tensor(shape, dtype, 0.5, 0)
        self.writer.operator(name, [self.out, *extra], [end], made)
        self.writer.graph.outputs = [end]


def quantization(index, **values):
    def spoil(n):
        for name, value in values.items():
            setattr(n.tensor(getattr(n, index)).quantization, name, value)

    return spoil


def field(of, name, value):
    """Sets a field of the object that `of` gives of a network."""
    return lambda n: setattr(of(n), name, value)


def option(operator, name, value):
    return field(lambda n: n.operator(operator).builtinOptions, name, value)


CASES = {
    "type": (field(lambda n: n.tensor(n.x), "type", 0), "QUANTIZE must come before"),
    "int16": (field(lambda n: n.tensor(n.x), "type", 7), "its input 't0' is INT16"),
    "batch": (field(lambda n: n.tensor(n.x), "shape", [2, 6, 6, 4]), "its input 't0' is 2x6x6x4"),
    "no scale": (
        quantization("y", scale=np.array([], np.float32)),
        r"operator 0 \(CONV_2D, makes 't1'\): its tensor 't1' has 0 scales",
    ),
    "scale 0": (quantization("y", scale=np.array([0], np.float32)), "has the scale 0"),
    "zero point": (quantization("y", zeroPoint=np.array([300])), "has the zero point 300"),
    "axis": (quantization("filters", quantizedDimension=3), "scales are along dimension 3"),
    "weight zero points": (
        quantization("filters", zeroPoint=np.arange(8)),
        "its weights have several zero points",
    ),
    "depth": (field(lambda n: n.tensor(n.filters), "shape", [8, 3, 4, 3]), "its weights are 8x3x4"),
    "bytes": (field(lambda n: n.tensor(n.filters), "shape", [8, 3, 2, 4]), "have 288 bytes"),
    "bias": (field(lambda n: n.tensor(n.bias), "type", 0), "its bias is FLOAT32"),
    "stride": (option(0, "strideH", 0), "its vertical stride is 0"),
    "dilation": (option(0, "dilationWFactor", -1), "its horizontal dilation is -1"),
    "padding": (option(0, "padding", 7), "its padding 7 is unknown"),
    "activation": (option(0, "fusedActivationFunction", 4), "its activation 4 is not supported"),
    "shuffled": (option(2, "weightsFormat", 1), "its weights are shuffled"),
    "window": (
        lambda n: (option(1, "filterHeight", 9)(n), option(1, "padding", 1)(n)),
        "its window of 9 does not fit an input of 6",
    ),
    "pool scale": (quantization("z", zeroPoint=np.array([1])), "must keep type, scale"),
    "no options": (lambda n: setattr(n.operator(1), "builtinOptions", None), "has no options"),
    "options": (field(lambda n: n.operator(1), "builtinOptionsType", 1), "are another operator's"),
    "matrix": (field(lambda n: n.tensor(n.matrix), "shape", [6, 60]), "not N x 72"),
    "order": (lambda n: n.writer.graph.operators.reverse(), "made by no operator before it"),
    "inputs": (lambda n: n.operator(1).inputs.append(n.x), "has 2 inputs, needs 1 to 1"),
    "index": (lambda n: n.operator(1).inputs.append(99), "operator 1 names tensor 99 of 7"),
    "no output": (lambda n: n.writer.graph.outputs.clear(), "has no output"),
    "two inputs": (lambda n: n.writer.graph.inputs.append(n.y), "has 2 inputs; one is supported"),
    "output is input": (
        lambda n: n.writer.graph.outputs.append(n.x),
        "its output 't0' is its input",
    ),
    "custom": (lambda n: n.after("CUSTOM"), r"operator 3 \(CUSTOM, makes 't7'\): this operator is"),
    "unknown": (
        lambda n: n.after("RESIZE_BILINEAR"),
        "RESIZE_BILINEAR.*; cut the model before it, at 't3'",
    ),
    "constant sum": (
        lambda n: n.after("ADD", extra=[n.writer.constant(np.ones((1, 5), np.int8), 0.1)]),
        "its input 't7' is constant",
    ),
    "shapes": (lambda n: n.after("ADD", extra=[n.x]), "adds 1x5 and 1x6x6x4"),
    "softmax": (
        lambda n: n.after("SOFTMAX", made=options("Softmax", beta=1.0)),
        "its output's scale is 0.5",
    ),
    "concatenation": (
        lambda n: n.after("CONCATENATION", made=options("Concatenation", axis=0)),
        "joins along dimension 0 of 2",
    ),
    "elements": (lambda n: n.after("RESHAPE", shape=(1, 6)), "makes 6 elements of 5"),
    "version": (field(lambda n: n.writer.model, "version", 2), "has version 2; 3 is read"),
}


class RefusalTest(unittest.TestCase):
    def setUp(self):
        if "GOLDEN_MODEL" not in os.environ:
            self.skipTest("GOLDEN_MODEL is not set; enabled by: make test")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.images = os.path.join(self.folder.name, "images.npy")
        np.save(self.images, np.zeros((1, 6, 6, 4), np.int8))

    def run_golden(self, content):
        path = os.path.join(self.folder.name, "model.tflite")
        with open(path, "wb") as file:
            file.write(content)
        command = [os.environ["GOLDEN_MODEL"], path, self.images, self.folder.name]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stderr.decode()

    def test_the_network_as_it_is(self):
        self.assertEqual(self.run_golden(Network().writer.bytes()), (0, ""))

    def test_refusals(self):
        for name, (spoil, text) in CASES.items():
            with self.subTest(name):
                network = Network()
                spoil(network)
                status, message = self.run_golden(network.writer.bytes())
                self.assertEqual(status, 2, message)
                self.assertRegex(message, r"^\S*/model.tflite: [^\n]*" + text + r"[^\n]*\n$")

    def test_cut_files(self):
        whole = Network().writer.bytes()
        for size in range(0, len(whole) - 4, 13):
            status, message = self.run_golden(whole[:size])
            self.assertEqual(status, 2, f"{size} bytes: {message}")
            self.assertRegex(message, r"^\S*/model.tflite: [^\n]*\n$")

    def test_changed_bytes(self):
        """Refused in one line or evaluated; never another end."""
        whole = np.frombuffer(Network().writer.bytes(), np.uint8)
        random = np.random.default_rng(SEED)
        for _ in range(300):
            changed = whole.copy()
            for place in random.integers(8, len(whole), random.integers(1, 4)):
                changed[place] = random.choice([0, 1, 127, 128, 255, random.integers(256)])
            status, message = self.run_golden(changed.tobytes())
            self.assertIn(status, (0, 2), message)
            self.assertEqual(message.count("\n"), 1 if status else 0, message)


if __name__ == "__main__":
    unittest.main()
