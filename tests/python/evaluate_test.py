"""Intervals and the table of variants: numbers worked by hand, and a run with a stand-in for the
golden reference.
"""

import json
import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch
from systole_nn import data, evaluate, golden, quantize, variants
from systole_nn.networks import LENET5_MNIST, FloatNet


class IntervalTest(unittest.TestCase):
    def test_wilson_by_hand(self):
        # 8 of 10: centre (0.8 + 0.19208) / 1.38416, half 1.96 sqrt(0.016 + 0.009604) / 1.38416.
        low, high = evaluate.wilson(8, 10)
        self.assertAlmostEqual(low, 0.4902, places=4)
        self.assertAlmostEqual(high, 0.9433, places=4)

    def test_wilson_of_all_right_stays_below_one(self):
        low, high = evaluate.wilson(100, 100)
        self.assertAlmostEqual(high, 1.0, places=9)
        self.assertAlmostEqual(low, 100 / 103.8416, places=5)

    def test_paired_difference_by_hand(self):
        # 3 gained and 1 lost of 100: 0.02, variance (0.04 - 0.0004) / 100.
        reference = np.ones(100, bool)
        right = reference.copy()
        reference[:3] = False
        right[50] = False
        difference, half = variants.paired_difference(right, reference)
        self.assertAlmostEqual(difference, 0.02)
        self.assertAlmostEqual(half, 1.96 * 0.0198997, places=6)


class TableTest(unittest.TestCase):
    def test_names_are_unique_and_every_option_is_valid(self):
        rows = variants.table()
        self.assertEqual(len({(row.group, row.name) for row in rows}), len(rows))
        for row in rows:
            quantize.check_options(row.options)
            self.assertIn(row.rounding, golden.MODES)

    def test_rows_follow_the_predictions(self):
        torch.manual_seed(1)
        images = np.random.default_rng(2).integers(0, 256, (60, 28, 28), dtype=np.uint8)
        net = FloatNet(LENET5_MNIST)
        labels = variants.float_predictions(net, images).astype(np.uint8)
        asked = []

        def predictions(systole, model, pixels, rounding):
            asked.append((model.tensors[0].dtype, str(pixels.dtype), rounding))
            wrong = labels.copy()
            wrong[:6] += 1  # six of sixty
            return wrong

        with tempfile.TemporaryDirectory() as folder:
            torch.save(net.state_dict(), os.path.join(folder, "float.pt"))
            with mock.patch.object(golden, "predictions", predictions), mock.patch.object(
                data, "load_for", lambda *_: (images, labels)
            ):
                rows = variants.evaluate_all(LENET5_MNIST, folder, "systole", quiet=True)
            with open(os.path.join(folder, "variants.json"), encoding="utf-8") as file:
                self.assertEqual(json.load(file), rows)
        self.assertEqual(rows[0]["accuracy"], 1.0)
        integers = [row for row in rows if row["rounding"]]
        self.assertEqual(len(integers), len(asked))
        self.assertTrue(
            all(row["accuracy"] == 0.9 and abs(row["difference"] + 0.1) < 1e-12 for row in integers)
        )
        self.assertTrue(
            all(kind == given for kind, given, _ in asked)
        )  # int8 networks get int8 images
        self.assertEqual({mode for _, _, mode in asked}, set(golden.MODES))


if __name__ == "__main__":
    unittest.main()
