"""The golden reference's additions, averages, softmax and tables against ONNX Runtime and LiteRT
themselves, operator by operator: 0 bytes may differ.

golden_operator (tests/golden/operator_main.cc) evaluates the C++ side; CTest names it in
GOLDEN_OPERATOR.
"""

import importlib.metadata
import os
import subprocess
import unittest

import numpy as np
import onnxruntime
from ai_edge_litert import schema_py_generated as schema
from operator_models import Quantized, run_litert, run_onnx

SEED = 20261129


def golden(operator, mode, tensors, output, data=b"", **values):
    command = [os.environ["GOLDEN_OPERATOR"], operator, mode]
    for prefix, tensor in zip(("x", "x2", "y"), (*tensors, None)[:2] + (output,)):
        if tensor is not None:
            command += [
                f"{prefix}_scale={tensor.scale!r}".replace("np.float32(", "").replace(")", ""),
                f"{prefix}_zero={tensor.zero_point}",
                f"{prefix}_unsigned={int(tensor.dtype == 'uint8')}",
            ]
    command += [f"{name}={value}" for name, value in values.items()]
    done = subprocess.run(command, input=bytes(data), capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return np.frombuffer(done.stdout, np.int8)


def inside(values):
    """In the int8 domain of the golden reference."""
    moved = values.astype(np.int16) - (128 if values.dtype == np.uint8 else 0)
    return moved.astype(np.int8)


class OperatorsTest(unittest.TestCase):
    def setUp(self):
        if "GOLDEN_OPERATOR" not in os.environ:
            self.skipTest("GOLDEN_OPERATOR is not set; enabled by: make test")
        self.random = np.random.default_rng(SEED)

    def quantized(self, dtype, center=0.05, spread=3.0):
        info = np.iinfo(dtype)
        scale = np.float32(center * 2 ** self.random.uniform(-spread, spread))
        if self.random.integers(4) == 0:  # many ties
            scale = np.float32(2.0 ** np.round(np.log2(scale)))
        return Quantized(scale, int(self.random.integers(info.min, info.max + 1)), dtype)

    def pairs(self, dtype):
        info = np.iinfo(dtype)
        values = np.arange(info.min, info.max + 1).astype(dtype)
        return np.repeat(values, 256), np.tile(values, 256)

    def check(self, mine, theirs, what):
        theirs = inside(theirs.reshape(-1))
        wrong = np.flatnonzero(mine != theirs)
        self.assertEqual(
            len(wrong),
            0,
            f"{what}: {len(wrong)} of {len(mine)} differ, first at {wrong[:1]}: "
            f"{mine[wrong[:1]]}, framework {theirs[wrong[:1]]} (seed {SEED})",
        )
        return len(mine)


class OnnxRuntimeTest(OperatorsTest):
    """Mode float32. The kernels meant are those of x86 with AVX2 and FMA."""

    def report(self, name, count):
        print(f"ONNX Runtime {onnxruntime.__version__}: {name}: 0 of {count} differ")

    def test_add_of_all_pairs(self):
        count = 0
        for trial in range(40):
            dtype = ("int8", "uint8")[trial % 2]
            a, b, y = (self.quantized(dtype, spread=2) for _ in range(3))
            left, right = self.pairs(dtype)
            theirs = run_onnx("QLinearAdd", [a, b], [left, right], y, left.shape)
            count += self.check(golden("add", "float32", [a, b], y), theirs, f"{a} + {b} = {y}")
        self.report("QLinearAdd", count)

    def test_global_average(self):
        count = 0
        for trial in range(60):
            dtype = ("int8", "uint8")[trial % 2]
            last = (trial // 2) % 2
            x, y = self.quantized(dtype), self.quantized(dtype)
            y.scale = np.float32(x.scale * 2 ** self.random.uniform(-2, 0.5))
            c, h, w = (int(n) for n in self.random.integers(1, (40, 16, 16)))
            info = np.iinfo(dtype)
            values = self.random.integers(info.min, info.max + 1, (8, c, h, w)).astype(dtype)
            values = (values // self.random.integers(1, 9)).astype(dtype)
            fed = np.ascontiguousarray(values.transpose(0, 2, 3, 1)) if last else values
            shape = (8, 1, 1, c) if last else (8, c, 1, 1)
            theirs = run_onnx("QLinearGlobalAveragePool", [x], [fed], y, shape, channels_last=last)
            mine = golden("average", "float32", [x], y, inside(values), c=c, h=h, w=w)
            count += self.check(mine, theirs, f"average {x} {c}x{h}x{w} last {last} = {y}")
        self.report("QLinearGlobalAveragePool", count)

    def test_softmax(self):
        count = 0
        for trial in range(60):
            dtype = ("int8", "uint8")[trial % 2]
            x = self.quantized(dtype)
            y = Quantized(np.float32(1 / 256), np.iinfo(dtype).min, dtype)
            if trial % 3 == 0:
                y.scale = np.float32(y.scale * 2 ** self.random.uniform(-1, 1))
            c = int(self.random.choice([4, 7, 10, 37, 1000]))
            info = np.iinfo(dtype)
            values = self.random.integers(info.min, info.max + 1, (50, c)).astype(dtype)
            theirs = run_onnx("QLinearSoftmax", [x], [values], y, values.shape, axis=-1, opset=13)
            mine = golden("softmax", "float32", [x], y, inside(values), c=c)
            count += self.check(mine, theirs, f"softmax {x} {c} = {y}")
        self.report("QLinearSoftmax", count)


class LiteRtTest(OperatorsTest):
    """Mode tflite; reference kernels."""

    def report(self, name, count):
        version = importlib.metadata.version("ai-edge-litert")
        print(f"LiteRT {version}: {name}: 0 of {count} differ")

    def test_add_of_all_pairs(self):
        count = 0
        for trial in range(40):
            dtype = ("int8", "uint8")[trial % 2]
            a, b, y = (self.quantized(dtype, spread=2) for _ in range(3))
            left, right = self.pairs(dtype)
            options = schema.AddOptionsT()
            theirs = run_litert("ADD", 2, [a, b], [left, right], y, left.shape, options)
            count += self.check(golden("add", "tflite", [a, b], y), theirs, f"{a} + {b} = {y}")
        self.report("ADD", count)

    def test_mean(self):
        count = 0
        for trial in range(60):
            dtype = ("int8", "uint8")[trial % 2]
            x, y = self.quantized(dtype), self.quantized(dtype)
            y.scale = np.float32(x.scale * 2 ** self.random.uniform(-2, 0.5))
            c, h, w = (int(n) for n in self.random.integers(1, (40, 16, 16)))
            info = np.iinfo(dtype)
            values = self.random.integers(info.min, info.max + 1, (8, c, h, w)).astype(dtype)
            values = (values // self.random.integers(1, 9)).astype(dtype)
            options = schema.ReducerOptionsT()
            options.keepDims = True
            theirs = run_litert(
                "MEAN",
                2,
                [x],
                [np.ascontiguousarray(values.transpose(0, 2, 3, 1))],
                y,
                (8, 1, 1, c),
                options,
                [np.array([1, 2], np.int32)],
            )
            mine = golden("average", "tflite", [x], y, inside(values), c=c, h=h, w=w, mean=1)
            count += self.check(mine, theirs, f"mean {x} {c}x{h}x{w} = {y}")
        self.report("MEAN", count)

    def test_softmax(self):
        count = 0
        for trial in range(60):
            dtype = ("int8", "uint8")[trial % 2]
            x = self.quantized(dtype)
            y = Quantized(np.float32(1 / 256), np.iinfo(dtype).min, dtype)
            beta = (1.0, 0.25, 3.5)[trial % 3]
            c = int(self.random.choice([1, 2, 7, 10, 37, 1000, 1001]))
            info = np.iinfo(dtype)
            values = self.random.integers(info.min, info.max + 1, (50, c)).astype(dtype)
            # LiteRT ends the process where the sum of the exponentials reaches 512.
            below = (values.astype(np.float64) - values.max(1, keepdims=True)) * x.scale * beta
            values = values[np.exp(below).sum(1) < 500]
            if len(values) == 0:
                continue
            options = schema.SoftmaxOptionsT()
            options.beta = beta
            theirs = run_litert("SOFTMAX", 2, [x], [values], y, values.shape, options)
            mine = golden("softmax", "tflite", [x], y, inside(values), c=c, beta=beta)
            count += self.check(mine, theirs, f"softmax {x} {c} beta {beta}")
        self.report("SOFTMAX", count)


if __name__ == "__main__":
    unittest.main()
