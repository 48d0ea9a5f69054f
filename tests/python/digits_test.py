"""The drawn digits: as their script draws them, balanced, placed as MNIST's are, and read by the
network.
"""

import os
import unittest

import numpy as np
from systole_nn import digits, evaluate, idx, import_onnx

_MODELS = os.path.join(os.path.dirname(__file__), "..", "..", "models")


class DigitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.images = idx.read(os.path.join(_MODELS, "digits", "images.idx3-ubyte.gz"))
        cls.labels = idx.read(os.path.join(_MODELS, "digits", "labels.idx1-ubyte"))

    def test_shipped_files_are_what_the_script_draws(self):
        images, labels = digits.draw_set(30, 1)
        np.testing.assert_array_equal(labels, self.labels[:30])
        # Another mathematics library may round a sample the other way.
        self.assertLessEqual(np.abs(images.astype(int) - self.images[:30].astype(int)).max(), 2)

    def test_balanced(self):
        self.assertEqual(self.images.shape, (640, 28, 28))
        np.testing.assert_array_equal(np.bincount(self.labels, minlength=10), [64] * 10)

    def test_no_two_images_are_equal(self):
        self.assertEqual(len({image.tobytes() for image in self.images}), 640)

    def test_centre_of_mass_is_in_the_middle(self):
        weights = self.images.astype(float)
        mass = weights.sum((1, 2))
        axis = np.arange(28) + 0.5
        for centre in (
            (weights.sum(1) * axis).sum(1) / mass,
            (weights.sum(2) * axis).sum(1) / mass,
        ):
            self.assertLess(np.abs(centre - 14).max(), 1.2)

    def test_shipped_network_reads_95_percent(self):
        model = import_onnx.load(os.path.join(_MODELS, "lenet5-mnist", "model.onnx"))
        self.assertGreaterEqual(evaluate.integer_accuracy(model, self.images, self.labels), 0.95)


if __name__ == "__main__":
    unittest.main()
