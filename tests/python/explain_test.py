"""The doctor: exact values worked by hand, the reason for crafted differences, and a whole run on
the shipped network.
"""

import os
import unittest
from fractions import Fraction

import numpy as np
from systole_nn import UserError, diagnose, explain, golden, idx, import_onnx
from systole_nn.diagnose import Element, Side
from systole_nn.networks import Layer
from systole_nn.quantize import QuantLayer, QuantModel, Tensor

try:
    SYSTOLE = golden.binary()
except UserError:
    SYSTOLE = None
MODELS = os.path.join(golden.ROOT, "models")


class NearestTest(unittest.TestCase):
    def test_ties(self):
        half = Fraction(1, 2)
        expected = {
            "floor": (2, -3),
            "half_up": (3, -2),
            "half_away": (3, -3),
            "half_even": (2, -2),
        }
        for mode, (above, below) in expected.items():
            self.assertEqual(diagnose.nearest(2 + half, mode), above, mode)
            self.assertEqual(diagnose.nearest(-2 - half, mode), below, mode)

    def test_elsewhere(self):
        for mode in ("half_up", "half_away", "half_even", "tflite", "float32"):
            self.assertEqual(diagnose.nearest(Fraction(-26, 10), mode), -3)
            self.assertEqual(diagnose.nearest(Fraction(26, 10), mode), 3)
        self.assertEqual(diagnose.nearest(Fraction(-26, 10), "floor"), -3)
        self.assertEqual(diagnose.nearest(Fraction(26, 10), "floor"), 2)


class ElementTest(unittest.TestCase):
    def model(self, spec, **constants):
        tensors = [
            Tensor("x", (2, 2, 2), np.float32(0.5), 10, "uint8"),
            Tensor("y", (1, 1, 1), np.float32(0.25), 130, "uint8"),
        ]
        return QuantModel("m", tensors, [QuantLayer(spec, **constants)])

    def test_convolution_with_padding(self):
        # Top left output of a padded 3x3: of each channel the four values less 10, under the lower
        # right filter taps.
        weights = np.zeros((1, 2, 3, 3), np.int8)
        weights[0, 0, 1:, 1:] = [[1, 2], [3, 4]]
        weights[0, 1, 1:, 1:] = [[1, 0], [0, -1]]
        layer = Layer("c", "conv", 1, kernel=3, pad=(1, 1, 1, 1), relu=True)
        constants = {
            "weights": weights,
            "weight_scales": np.array([2], np.float32),
            "bias": np.array([7], np.int32),
        }
        x = np.array([[[11, 12], [13, 14]], [[15, 10], [10, 12]]], np.uint8)
        one = diagnose.element(self.model(layer, **constants), 0, x, (0, 0, 0))
        self.assertEqual(one.accumulator, 1 + 4 + 9 + 16 + 5 - 2 + 7)
        self.assertEqual(one.ratio, 4)
        self.assertEqual((one.zero_point, one.low, one.high), (2, 2, 127))

    def test_average_pooling(self):
        x = np.array([[[11, 12], [13, 14]], [[15, 10], [10, 12]]], np.uint8)
        one = diagnose.element(
            self.model(Layer("p", "avgpool", kernel=2, stride=2)), 0, x, (1, 0, 0)
        )
        self.assertEqual((one.accumulator, one.ratio, one.low), (7, Fraction(2, 4), -128))
        self.assertTrue(one.average)


class ReasonTest(unittest.TestCase):
    def reason(self, accumulator, *sides, average=False):
        return diagnose.reason(Element(accumulator, Fraction(1, 2), 0, -128, 127, average), *sides)

    def test_tie(self):
        half = Fraction(1, 2)
        text = self.reason(
            5, Side("golden", "half_even", 2, half, 2), Side("golden", "half_up", 3, half, 3)
        )
        self.assertEqual(
            text,
            (
                "rounding mode: the value lies exactly between two integers, half_even and half_up"
                " choose differently"
            ),
        )

    def test_fraction(self):
        text = self.reason(
            3,
            Side("golden", "half_up", 2, Fraction(7, 12), 2),
            Side("golden", "floor", 1, Fraction(7, 12), 1),
        )
        self.assertIn("of the fraction 0.750000, half_up and floor", text)

    def test_scale(self):
        sides = Side("golden", "half_even", 2, Fraction(49, 100), 2), Side(
            "golden", "half_up", 3, Fraction(51, 100), 3
        )
        self.assertIn("scale approximation", self.reason(5, *sides))

    def test_double_rounding(self):
        # 2.498 is 2; made 2.5 on the way, 3.
        ratio = Fraction(2498, 5000)
        sides = Side("golden", "half_even", 2, ratio, 2), Side("litert", "tflite", 3, ratio, 3)
        self.assertIn("double rounding", self.reason(5, *sides))
        self.assertIn("(litert, tflite)", self.reason(5, *sides))

    def test_frameworks_and_defects(self):
        half = Fraction(1, 2)
        first = Side("golden", "float32", 2, half, 2)
        self.assertIn(
            "averages in its own way",
            self.reason(5, first, Side("onnxruntime", "float32", 3, half, 2), average=True),
        )
        self.assertIn(
            "kernel is not mode float32",
            self.reason(5, first, Side("onnxruntime", "float32", 3, half, 2)),
        )
        self.assertIn("a defect", self.reason(5, first, Side("rtl", "float32", 3, half, 2)))


@unittest.skipIf(SYSTOLE is None, "the systole command line is not built; enabled by: make build")
class WholeTest(unittest.TestCase):
    def test_shipped_network(self):
        path = os.path.join(MODELS, "lenet5-mnist", "model.onnx")
        model = import_onnx.load(path)
        images = idx.read(os.path.join(MODELS, "digits", "images.idx3-ubyte.gz"))
        image = explain.quantized_image(model, images, 0)
        text = explain.explain(SYSTOLE, path, model, image, "float32", [])
        self.assertIn("onnxruntime float32: equal in every element of every layer", text)
        self.assertIn("beside golden tflite: litert tflite: equal in every element", text)
        self.assertIn("golden floor: differs first in C1", text)
        self.assertNotIn("defect", text)
        # Every difference has its reason.
        self.assertEqual(text.count("differs first"), text.count("    exact: "))

    def test_rtl_equals_golden(self):
        path = os.path.join(MODELS, "lenet5-mnist", "model.onnx")
        model = import_onnx.load(path)
        images = idx.read(os.path.join(MODELS, "digits", "images.idx3-ubyte.gz"))
        for mode in ("float32", "floor"):
            runs = explain.integer_runs(
                SYSTOLE, path, model, explain.quantized_image(model, images, 3), [mode], [mode]
            )
            reference, rtl = (
                next(run for run in runs if run.name == name) for name in ("golden", "rtl")
            )
            if "is not built" in rtl.note:
                self.skipTest(f"{rtl.note}; enabled by: make rtl")
            self.assertEqual(rtl.note, "")
            self.assertEqual(len(rtl.outputs), len(model.layers))
            self.assertIsNone(explain.first_difference(reference, rtl))
            # One byte of it changed is found.
            rtl.outputs[2][5, 1, 7] ^= 1
            self.assertEqual(explain.first_difference(reference, rtl), (2, (5, 1, 7), 1))
            text = explain.compare(
                SYSTOLE, path, model, images[3][None, None], reference, rtl, runs, {}
            )
            self.assertIn("differs first in C3, channel 5 row 1 column 7", text)
            self.assertIn("a defect", text)

    def test_a_model_that_is_no_chain_is_refused(self):
        path = os.path.join(MODELS, "digits", "README.md")
        with self.assertRaisesRegex(UserError, "README.md: cannot be read as ONNX"):
            import_onnx.load(path)


if __name__ == "__main__":
    unittest.main()
