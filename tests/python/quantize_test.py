"""Ranges, scales and integers of scripts/systole_nn/quantize.py against numbers worked by hand, and
its refusals.
"""

import os
import tempfile
import unittest

import numpy as np
import torch
from systole_nn import UserError, data, idx, networks, quantize
from systole_nn.quantize import Options

POWER_OF_TWO = Options(scales="power_of_two")


class ScaleTest(unittest.TestCase):
    def test_asymmetric_uint8(self):
        # Range -1..1.55: 2.55 / 255 = 0.01; zero point 100.
        scale, zero = quantize.choose_scale(-1.0, 1.55, "uint8", Options(), False, "t")
        self.assertAlmostEqual(float(scale), 0.01, places=9)
        self.assertEqual(zero, 100)

    def test_asymmetric_int8_is_uint8_moved_by_128(self):
        self.assertEqual(
            quantize.choose_scale(-1.0, 1.55, "int8", Options(), False, "t")[1], 100 - 128
        )

    def test_symmetric_int8(self):
        scale, zero = quantize.choose_scale(-2.54, 1.0, "int8", Options(), True, "t")
        self.assertAlmostEqual(float(scale), 0.02, places=9)
        self.assertEqual(zero, 0)

    def test_power_of_two_is_the_next_one_up(self):
        self.assertEqual(
            float(quantize.choose_scale(-1.28, 1.0, "int8", POWER_OF_TWO, True, "t")[0]), 2.0**-6
        )
        self.assertEqual(
            float(quantize.choose_scale(-127 / 64, 1.0, "int8", POWER_OF_TWO, True, "t")[0]),
            2.0**-6,
        )

    def test_full_range_step_is_two_max_by_255(self):
        # q = S x with S = 255 / (2 max): a step of 0.02 for max = 2.55; floor gives -128 to 127.
        options = Options(full_range=True, integers="floor", per_channel=False)
        integers, scales, _ = quantize.quantize_weights(
            np.array([[2.55, -2.55, 0.03, -0.03]], np.float32), options, "t"
        )
        self.assertAlmostEqual(float(scales[0]), 0.02, places=8)
        np.testing.assert_array_equal(integers, [[127, -128, 1, -2]])

    def test_shift_scales_make_every_ratio_a_power_of_two(self):
        options = Options(scales="shift")
        scales, _ = quantize.weight_scales(
            np.array([[1.0], [0.3], [0.06]], np.float32), options, "t"
        )
        np.testing.assert_array_equal(scales / scales[0], [1, 0.5, 0.0625])
        scale, _ = quantize.activation_scale(0.0, 5.0, np.float32(1 / 255), scales, options, "t")
        for weight_scale in scales:
            ratio = np.float32(np.float32(1 / 255) * weight_scale) / scale
            self.assertEqual(np.frexp(ratio)[0], 0.5)

    def test_constant_activation_is_refused(self):
        with self.assertRaisesRegex(UserError, "C1.*constant zero"):
            quantize.choose_scale(0.0, 0.0, "uint8", Options(), False, "net C1")


class RangeTest(unittest.TestCase):
    def test_minmax_holds_zero(self):
        self.assertEqual(quantize.find_range([1.0, 3.0], "minmax"), (0.0, 3.0))
        self.assertEqual(quantize.find_range([-4.0, -2.0], "minmax"), (-4.0, 0.0))

    def test_sigma3_of_a_normal_sample(self):
        values = np.random.default_rng(3).normal(1.0, 2.0, 200_000)
        low, high = quantize.find_range(values, "sigma3")
        self.assertAlmostEqual(low, -5.0, delta=0.05)
        self.assertAlmostEqual(high, 7.0, delta=0.05)

    def test_percentile_leaves_the_tails_out(self):
        values = np.arange(-10_000, 10_001) / 100.0
        low, high = quantize.find_range(values, "percentile", 99.0)
        self.assertAlmostEqual(low, -98.0, delta=0.02)
        self.assertAlmostEqual(high, 98.0, delta=0.02)

    def test_mse_clips_an_outlier_only_where_that_pays(self):
        uniform = np.linspace(-1, 1, 10_001)
        low, high = quantize.find_range(uniform, "mse")
        self.assertLess(low, -0.97)
        self.assertGreater(high, 0.97)
        normal = np.random.default_rng(5).laplace(0, 1, 100_000)
        _, high = quantize.find_range(normal, "mse", symmetric=True)
        self.assertLess(high, 0.95 * np.abs(normal).max())

    def test_entropy_stays_inside_and_clips_an_outlier(self):
        values = np.concatenate([np.random.default_rng(5).normal(0, 1, 100_000), [50.0]])
        low, high = quantize.find_range(values, "entropy")
        self.assertLess(high, 10)
        self.assertGreaterEqual(low, values.min())

    def test_unknown_method_is_refused(self):
        with self.assertRaisesRegex(UserError, "unknown range method 'best'"):
            quantize.find_range([1.0], "best")


class IntegersTest(unittest.TestCase):
    def test_values_round_to_even_and_saturate(self):
        integers = quantize.quantize_array([0.5, 1.5, -0.5, 300, -300], 1.0, 0, "int8")
        np.testing.assert_array_equal(integers, [0, 2, 0, 127, -128])

    def test_weights_per_channel(self):
        weights = np.array([[[[1.27, -0.64]]], [[[0.0, -12.7]]]], np.float32)
        integers, scales, zero = quantize.quantize_weights(weights, Options(), "t")
        np.testing.assert_allclose(scales, [0.01, 0.1], rtol=1e-6)
        np.testing.assert_array_equal(integers.reshape(2, 2), [[127, -64], [0, -127]])
        self.assertEqual(zero, 0)

    def test_weights_asymmetric_per_tensor(self):
        weights = np.array([[-0.55], [2.0]], np.float32)  # scale 0.01, zero point -128 + 55
        integers, scales, zero = quantize.quantize_weights(
            weights, Options(weights="asymmetric", per_channel=False), "t"
        )
        self.assertEqual(zero, -73)
        np.testing.assert_array_equal(integers.ravel(), [-128, 127])
        self.assertAlmostEqual(float(scales[0]), 0.01, places=8)

    def test_asymmetric_per_channel_weights_are_refused(self):
        with self.assertRaisesRegex(UserError, "per-tensor"):
            quantize.quantize_weights(
                np.ones((2, 2), np.float32), Options(weights="asymmetric"), "t"
            )

    def test_nan_weight_is_refused(self):
        with self.assertRaisesRegex(UserError, "net C1: a weight is not finite"):
            quantize.quantize_weights(np.array([[np.nan]], np.float32), Options(), "net C1")

    def test_bias(self):
        np.testing.assert_array_equal(
            quantize.quantize_bias(np.array([1.0, -2.0]), np.array([0.01, 0.5]), "t"), [100, -4]
        )
        with self.assertRaisesRegex(UserError, "int32"):
            quantize.quantize_bias(np.array([1.0]), np.array([1e-12]), "t")


class NetworkTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(11)
        self.net = networks.FloatNet(networks.LENET5_MNIST)
        self.images = np.random.default_rng(1).integers(0, 256, (8, 28, 28), dtype=np.uint8)

    def test_every_layer_has_its_integers(self):
        model = quantize.quantize(self.net, self.images)
        self.assertEqual(
            [layer.spec.name for layer in model.layers], ["C1", "S2", "C3", "S4", "C5", "F6", "OUT"]
        )
        self.assertEqual(
            [tensor.shape for tensor in model.tensors][-3:], [(120, 1, 1), (84, 1, 1), (10, 1, 1)]
        )
        self.assertEqual(
            (float(model.tensors[0].scale), model.tensors[0].zero_point),
            (float(np.float32(1 / 255)), 0),
        )
        self.assertEqual(
            model.tensors[1].scale, model.tensors[2].scale
        )  # pooling keeps the quantization
        self.assertEqual(
            sum(layer.weights.size for layer in model.layers if layer.weights is not None), 61470
        )

    def test_power_of_two_scales_everywhere(self):
        model = quantize.quantize(self.net, self.images, POWER_OF_TWO)
        for scale in [tensor.scale for tensor in model.tensors] + [
            s for l in model.layers if l.weights is not None for s in l.weight_scales
        ]:
            self.assertEqual(np.frexp(scale)[0], 0.5)

    def test_empty_calibration_set_is_refused(self):
        with self.assertRaisesRegex(UserError, "calibration set is empty"):
            quantize.quantize(self.net, self.images[:0])

    def test_dead_layer_is_refused_by_name(self):
        with torch.no_grad():
            self.net.weights["C3"].weight.zero_()
            self.net.weights["C3"].bias.fill_(-1)
        with self.assertRaisesRegex(UserError, "lenet5-mnist C3.*constant"):
            quantize.quantize(self.net, self.images)


class DataTest(unittest.TestCase):
    def test_labels_of_another_length_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "mnist"))
            idx.write(
                os.path.join(folder, "mnist", "t10k-images-idx3-ubyte"),
                np.zeros((3, 28, 28), np.uint8),
            )
            idx.write(
                os.path.join(folder, "mnist", "t10k-labels-idx1-ubyte"), np.zeros(2, np.uint8)
            )
            with self.assertRaisesRegex(UserError, "3 images but 2 labels"):
                data.load("mnist", "test", folder)

    def test_idx_round_trip_and_header(self):
        array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
        self.assertEqual(
            idx.to_bytes(array)[:16], bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4])
        )
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a.idx", "a.idx.gz"):
                idx.write(os.path.join(folder, name), array)
                np.testing.assert_array_equal(idx.read(os.path.join(folder, name)), array)

    def test_truncated_idx_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.idx")
            with open(path, "wb") as file:
                file.write(idx.to_bytes(np.zeros((2, 3), np.uint8))[:-1])
            with self.assertRaisesRegex(UserError, "promises 6 bytes of data, the file holds 5"):
                idx.read(path)


if __name__ == "__main__":
    unittest.main()
