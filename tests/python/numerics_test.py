"""numerics.py itself, against numbers worked by hand and against exact fractions."""

import unittest
from fractions import Fraction

import numerics
import numpy as np


def _rounded(value, mode):
    """R(value) of an exact fraction, from the definition of the mode."""
    below = value.numerator // value.denominator
    rest = value - below
    if mode == "floor":
        return below
    if rest != Fraction(1, 2):
        return below + (rest > Fraction(1, 2))
    if mode == "half_up":
        return below + 1
    if mode == "half_away":
        return below + (value > 0)
    return below + (below % 2)  # half_even


class ExactModesTest(unittest.TestCase):
    def test_ties_by_hand(self):
        acc = np.array([-5, -3, -1, 1, 3, 5])  # halves, with m = 1, s = 1
        expected = {
            "floor": [-3, -2, -1, 0, 1, 2],
            "half_up": [-2, -1, 0, 1, 2, 3],
            "half_away": [-3, -2, -1, 1, 2, 3],
            "half_even": [-2, -2, 0, 0, 2, 2],
        }
        for mode, values in expected.items():
            np.testing.assert_array_equal(numerics.requantize_exact(acc, 1, 1, mode), values, mode)

    def test_random_values_equal_exact_fractions(self):
        rng = np.random.default_rng(7)
        for mode in ("floor", "half_up", "half_away", "half_even"):
            for _ in range(300):
                acc, s = int(rng.integers(-(2**20), 2**20)), int(rng.integers(0, 40))
                m = int(rng.integers(0, 2**31)) >> int(rng.integers(0, 28))
                value = _rounded(Fraction(acc * m, 2**s), mode)
                self.assertEqual(
                    int(numerics.requantize_exact(np.array([acc]), m, s, mode)[0]),
                    value,
                    (acc, m, s, mode),
                )


class TfliteTest(unittest.TestCase):
    def test_double_rounding_by_hand(self):
        # m = 2^30 (one half), s = 32: acc / 4. acc = 5: the high multiplication rounds 2.5 to 3,
        # the shift 1.5 to 2, where 1.25 rounded once is 1. acc = -5: -2.5 to -2, -1 exactly. acc =
        # 2: 1, then one half away from zero to 1.
        acc = np.array([5, -5, 2, -2, 4])
        np.testing.assert_array_equal(
            numerics.requantize_tflite(acc, 2**30, 32), [2, -1, 1, -1, 1]
        )

    def test_left_shift_by_hand(self):
        # s = 28: acc * 8 / 2 = 4 acc
        np.testing.assert_array_equal(
            numerics.requantize_tflite(np.array([3, -3]), 2**30, 28), [12, -12]
        )


class Float32Test(unittest.TestCase):
    def test_accumulator_is_rounded_to_24_bits(self):
        # 2^24 + 1 lies between two floats and goes to the even one; doubled and divided it stays
        # even.
        self.assertEqual(int(numerics.requantize_float32(np.array([2**24 + 1]), 1.0)[0]), 2**24)
        self.assertEqual(
            int(numerics.requantize_float32(np.array([2**24 + 3]), 1.0)[0]), 2**24 + 4
        )

    def test_ties_go_to_even(self):
        np.testing.assert_array_equal(
            numerics.requantize_float32(np.array([-3, -1, 1, 3, 5]), 0.5), [-2, 0, 0, 2, 2]
        )


class MultiplierTest(unittest.TestCase):
    def test_by_hand(self):
        self.assertEqual(numerics.quantize_multiplier(0.5), (2**30, 31))
        self.assertEqual(numerics.quantize_multiplier(1.0), (2**30, 30))
        self.assertEqual(numerics.quantize_multiplier(0.75), (3 * 2**29, 31))

    def test_rounding_up_to_the_next_power_is_renormalized(self):
        self.assertEqual(numerics.quantize_multiplier(1 - 2.0**-40), (2**30, 30))


class ConvolutionTest(unittest.TestCase):
    def test_two_by_two_with_padding_by_hand(self):
        # x - Zx = [[1, 2], [3, 4]]; filter w - Zw = [[1, 0], [0, -1]]; padded by one at the top
        # left with real zero.
        x = np.array([[[[11, 12], [13, 14]]]])
        weights = np.array([[[[3, 2], [2, 1]]]])
        sums = numerics.convolution_sums(x, 10, weights, 2, np.array([100]), pad=(1, 1, 0, 0))
        np.testing.assert_array_equal(sums[0, 0], [[100 - 1, 100 - 2], [100 - 3, 100 + 1 - 4]])


if __name__ == "__main__":
    unittest.main()
