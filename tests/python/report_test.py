"""The report: its measurements against numbers worked by hand, and a whole page from a small data
set.
"""

import json
import os
import re
import tempfile
import unittest
from html.parser import HTMLParser

import numpy as np
import torch
from systole_nn import UserError, data, golden, idx, measure, quantize, report, train
from systole_nn.networks import LENET5_AVGPOOL, LENET5_MAXPOOL, FloatNet
from systole_nn.page import Page

try:
    SYSTOLE = golden.binary()
except UserError:
    SYSTOLE = None


class MeasureTest(unittest.TestCase):
    def test_sqnr(self):
        # Power 25, noise 0.25: 20 dB.
        self.assertAlmostEqual(measure.sqnr([3.0, 4.0], [3.5, 4.0]), 20.0)
        self.assertEqual(measure.sqnr([3.0], [3.0]), float("inf"))

    def test_symmetric_sqnr_saturates(self):
        # Step 1: 100.4 becomes 100; over half the range, step 0.5: saturated at 63.5.
        self.assertAlmostEqual(
            measure.symmetric_sqnr(np.array([100.4]), -127, 10), 20 * np.log10(100.4 / 0.4)
        )
        self.assertAlmostEqual(
            measure.symmetric_sqnr(np.array([100.4]), -63.5, 0), 20 * np.log10(100.4 / 36.9)
        )

    def test_distribution(self):
        one = measure.distribution("t", [-1.0, 1.0, -1.0, 1.0])
        self.assertEqual(one.real, (-1.0, 1.0))
        self.assertEqual(one.sigma, (-3.0, 3.0))
        self.assertEqual(one.counts.sum(), 4)


class PageTest(unittest.TestCase):
    def test_texts_are_escaped(self):
        page = Page("a < b", "c & d")
        page.table(["<h>"], [["<cell>"], "<group>"])
        text = page.render()
        for part in ("a &lt; b", "c &amp; d", "&lt;h&gt;", "&lt;cell&gt;", "&lt;group&gt;"):
            self.assertIn(part, text)


class _Cells(HTMLParser):
    """The rows of all tables, as lists of texts; what is opened is closed."""

    def __init__(self):
        super().__init__()
        self.rows, self.open = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@unittest.skipIf(SYSTOLE is None, "the systole command line is not built; enabled by: make build")
class WholePageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work, self.data = os.path.join(folder.name, "work"), os.path.join(folder.name, "data")
        random = np.random.default_rng(6)
        os.makedirs(os.path.join(self.data, "mnist"))
        for stem, count in (("train", 60), ("t10k", 40)):
            images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
            labels = random.integers(0, 10, count, dtype=np.uint8)
            idx.write(os.path.join(self.data, "mnist", f"{stem}-images-idx3-ubyte"), images)
            idx.write(os.path.join(self.data, "mnist", f"{stem}-labels-idx1-ubyte"), labels)
        self.images, self.labels = images, labels
        self.page = os.path.join(folder.name, "page.html")

    def make(self, network, recipe, seed, epochs=1, last=False):
        """Random weights in the folder of a recipe, and a training summary; returns the accuracy of
        the network.
        """
        place = os.path.join(self.work, network.name, recipe)
        os.makedirs(place)
        torch.manual_seed(seed)
        net = FloatNet(network)
        torch.save(net.state_dict(), os.path.join(place, "float.pt"))
        if last:
            torch.save(FloatNet(network).state_dict(), os.path.join(place, "last.pt"))
        history = [
            {
                "epoch": i + 1,
                "train_loss": 1.25,
                "train_accuracy": 0.5,
                "check_loss": 1,
                "check_accuracy": 0.5,
            }
            for i in range(epochs)
        ]
        with open(os.path.join(place, "train.json"), "w", encoding="utf-8") as file:
            keep = "best" if last else "last"
            json.dump({"recipe": {"keep": keep}, "kept_epoch": 1, "history": history}, file)
        return train.accuracy(net, data.pad(self.images, network.image_pad), self.labels)[0]

    def read(self, network):
        report.write(network, self.work, SYSTOLE, self.page, self.data, quiet=True)
        with open(self.page, encoding="utf-8") as file:
            text = file.read()
        parser = _Cells()
        parser.feed(text)
        self.assertEqual(parser.open, [])
        # Nothing is fetched: every source is within the page.
        self.assertEqual(
            [
                s
                for s in re.findall(r'(?:src|href)="([^"]*)"', text)
                if not s.startswith(("data:", "#"))
            ],
            [],
        )
        return text, parser.rows

    def test_page_is_whole_and_its_float_accuracy_counted(self):
        share = self.make(LENET5_AVGPOOL, "better", 6)
        _, rows = self.read(LENET5_AVGPOOL)
        floats = next(row for row in rows if row[0] == "float")
        self.assertEqual(floats[2], f"{100 * share:.2f}")
        self.assertEqual(floats[-1], "98.56")
        self.assertFalse([row for row in rows if row[0] == "float, last checkpoint"])
        sums = next(row for row in rows if row[0] == "sum")
        self.assertEqual(sums[4], "61,706")
        # The accuracy table varies five modes from the sixth; the question of rounding lists all
        # six.
        self.assertEqual(len([row for row in rows if row[0] in golden.MODES]), 5 + 6)

    def test_two_recipes_side_by_side(self):
        shares = [
            self.make(LENET5_AVGPOOL, "better", 6),
            self.make(LENET5_AVGPOOL, "document", 7, 50, last=True),
        ]
        text, rows = self.read(LENET5_AVGPOOL)
        floats = next(row for row in rows if row[0] == "float")
        self.assertEqual([floats[2], floats[5]], [f"{100 * share:.2f}" for share in shares])
        # Only the recipe that keeps its best checkpoint has a last one.
        last = next(row for row in rows if row[0] == "float, last checkpoint")
        self.assertEqual(last[2:5], ["", "", ""])
        self.assertNotEqual(last[5], "")
        self.assertIn("better recipe: validation on the test images", text)
        self.assertIn("document recipe: validation on the last 5,000 training images", text)
        self.assertIn("epoch 1 of 50 is kept; the last checkpoint", text)

    def test_figures_of_the_source_beside_ours(self):
        self.make(LENET5_MAXPOOL, "document", 8, 2)
        _, rows = self.read(LENET5_MAXPOOL)
        by_name = {row[0]: row for row in rows}
        # Worked by hand: 4 images of 416,520 multiply-adds; 4 bytes of 4 x 1,024 pixels; 8 bytes of
        # 4 x 6,518 outputs.
        costs = {row[0].split(" (")[0]: row[1:] for row in rows if "(batch 4" in row[0]}
        self.assertEqual(costs["multiply-adds, millions"], ["1.6661", "1.67"])
        self.assertEqual(costs["input, MB"], ["0.0164", "0.02"])
        self.assertEqual(costs["outputs forward and backward, MB"], ["0.2086", "0.21"])
        self.assertEqual(costs["parameters, MB"], ["0.2459", "0.25"])
        self.assertEqual(costs["sum, MB"], ["0.4708", "0.47"])
        layers = next(row for row in rows if row[0] == "C5" and "convolution 5x5, ReLU" in row)
        self.assertEqual((layers[3], layers[4]), tuple(layers[-2:]))
        epochs = [row for row in rows if row[0] == "float" and len(row) == 7]
        self.assertEqual([row[3] for row in epochs], ["98.38", "98.67"])
        self.assertEqual([row[5] for row in epochs], ["0.139", "0.062"])
        ranges = next(row for row in rows if row[0] == "input" and len(row) == 7)
        self.assertEqual(ranges[2], "-1.000 to 0.984")
        self.assertEqual(ranges[-1], "larger")
        self.assertEqual(by_name["everything, floor, 31-bit multiplier"][-1], "98.69")

    def test_no_weights(self):
        with self.assertRaisesRegex(UserError, "no trained weights"):
            report.write(LENET5_AVGPOOL, self.work, SYSTOLE, self.page, self.data)
        self.assertFalse(os.path.exists(self.page))

    def test_a_convolution_over_its_whole_input_is_a_matrix(self):
        model = quantize.quantize(FloatNet(LENET5_AVGPOOL), self.images)
        matrix = measure.convolution_as_matrix(model, 4)
        first, second = (
            golden.outputs(SYSTOLE, each, self.images[:, None], "floor") for each in (model, matrix)
        )
        np.testing.assert_array_equal(first, second)


if __name__ == "__main__":
    unittest.main()
