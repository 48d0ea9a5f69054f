"""numerics.py equals the frameworks on the shipped LeNet: ONNX Runtime in float32, TensorFlow Lite
in tflite.
"""

import os
import unittest

import numerics
import numpy as np
from systole_nn import data, evaluate, export_onnx, idx, import_onnx, litert, ort

_MODELS = os.path.join(os.path.dirname(__file__), "..", "..", "models")


class ShippedLenetTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = os.path.join(_MODELS, "lenet5-mnist", "model.onnx")
        cls.model = import_onnx.load(cls.path)
        if os.environ.get("SYSTOLE_DATA"):
            images = data.load("mnist", "test")[0][:1000]
        else:  # the drawn digits take the place of MNIST
            images = idx.read(os.path.join(_MODELS, "digits", "images.idx3-ubyte.gz"))
        cls.pixels = evaluate.quantized_input(cls.model, images)

    def expect_equal(self, mine, theirs):
        self.assertEqual(len(mine), len(theirs))
        for layer, a, b in zip(self.model.layers, mine, theirs):
            self.assertEqual(a.size, b.size)
            self.assertEqual(int((a.reshape(-1) != b.reshape(-1)).sum()), 0, layer.spec.name)
            self.assertGreater(len(np.unique(a)), 50, f"{layer.spec.name} hardly varies")

    def test_file_is_written_as_it_was_read(self):
        with open(self.path, "rb") as file:
            self.assertEqual(
                export_onnx.qdq(self.model).SerializeToString(deterministic=True), file.read()
            )

    def test_onnx_runtime_equals_float32_mode_in_every_layer(self):
        theirs = ort.run(ort.session(export_onnx.qlinear(self.model)), self.pixels)
        self.expect_equal(numerics.run(self.model, self.pixels, "float32"), theirs)

    def test_litert_equals_tflite_mode_in_every_layer(self):
        theirs = litert.run(self.model, (self.pixels.astype(np.int16) - 128).astype(np.int8))
        theirs = [(array.astype(np.int16) + 128).astype(np.uint8) for array in theirs]
        self.expect_equal(numerics.run(self.model, self.pixels, "tflite"), theirs)

    def test_the_modes_differ_on_these_images(self):
        # Otherwise the two tests above could not tell one mode from the other.
        first, second = (
            numerics.run(self.model, self.pixels, mode) for mode in ("float32", "tflite")
        )
        self.assertTrue(all((a != b).any() for a, b in zip(first, second)))


if __name__ == "__main__":
    unittest.main()
