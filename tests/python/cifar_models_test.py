"""The networks of models/cifar10 are those of the recorded front (docs/recorded/reshaping.txt)."""

import os
import subprocess
import tempfile
import unittest

import numpy as np
from systole_nn import beside_onnx, ort
from systole_nn.cifar import data, export, front, measure, train

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODELS = os.path.join(ROOT, "models", "cifar10")
SMALL = "resnet20-10-20-40"


def recorded():
    """{(network, epochs): the other columns}."""
    with open(os.path.join(ROOT, "docs/recorded/reshaping.txt"), encoding="utf-8") as file:
        rows = [line.replace(",", "").split() for line in file if line.startswith("resnet20")]
    return {(row[0], int(row[1])): row[2:] for row in rows}


class ModelsTest(unittest.TestCase):
    def setUp(self):
        if "SYSTOLE" not in os.environ:
            self.skipTest("SYSTOLE is not set; enabled by: make test")
        self.systole = os.environ["SYSTOLE"]

    def test_sizes_accuracies_and_energy_are_the_recorded_ones(self):
        rows, paths = recorded(), front.models(MODELS)
        self.assertEqual(len(rows), len(paths))
        for path in paths:
            kept = export.trained(path)
            self.assertIn("JPEG", kept["images"])
            size, macs, right, _, energy, cycles = rows[kept["network"], kept["epochs"]][:6]
            self.assertEqual(int(size), os.path.getsize(path))
            self.assertEqual(right, f"{100 * kept['float_right'] / kept['of']:.2f}")
            layers = measure.table(self.systole, path)
            cost = measure.mapped(self.systole, layers, ("eyeriss",))["eyeriss"]
            self.assertEqual(
                (int(macs), energy, int(cycles)), (cost.macs, f"{cost.energy_uj:.2f}", cost.cycles)
            )

    def test_they_are_those_of_the_study(self):
        study = {(name, train.RECIPES[recipe].epochs) for recipe, name in train.STUDY}
        kept = [export.trained(path) for path in front.models(MODELS)]
        self.assertEqual({(one["network"], one["epochs"]) for one in kept}, study)
        self.assertEqual(len(kept), len(train.STUDY))

    def test_golden_is_onnx_runtime_and_tlm_golden(self):
        images = np.random.default_rng(3).integers(0, 256, (2, 3, 32, 32), dtype=np.uint8)
        real = (images.astype(np.float32) - data.ZERO) * np.float32(data.SCALE)
        for path in front.models(MODELS):
            total = beside_onnx.check(self.systole, export.onnx.load(path), real)
            self.assertEqual((total["failed"], total["exact"][0]), ([], 0), path)
            measure.run(self.systole, path, images, "golden,tlm")

    def test_the_rtl_computes_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "image.npy")
            np.save(path, np.random.default_rng(5).integers(0, 256, (1, 3, 32, 32), dtype=np.uint8))
            command = [self.systole, "run", os.path.join(MODELS, "short", SMALL + ".onnx")]
            command += ["--images", path, "--batch", "1", "--backend", "golden,tlm,rtl"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 2 and "is not built; run: make rtl" in done.stderr:
            self.skipTest(f"{done.stderr.strip()}; enabled by: make test")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all equal", done.stdout)

    def test_the_smallest_one_is_right_as_often_as_recorded(self):
        if not os.path.isdir(os.path.join(os.environ.get("SYSTOLE_DATA", ""), "cifar10")):
            self.skipTest("SYSTOLE_DATA has no folder cifar10; enabled by: set it")
        images, labels = data.load("test")
        path = os.path.join(MODELS, "short", SMALL + ".onnx")
        share = measure.accuracy(self.systole, path, images, labels)
        self.assertEqual(f"{100 * share:.2f}", recorded()[SMALL, 5][3])
        real = (images[:500].astype(np.float32) - data.ZERO) * np.float32(data.SCALE)
        theirs = ort.run(ort.session(export.onnx.load(path)), real)[0]
        _, mine = measure.run(self.systole, path, images[:500], "golden")
        # The same order of outputs: ONNX Runtime gives the reals that the integers stand for.
        np.testing.assert_array_equal(
            theirs.argsort(1, kind="stable"), mine.reshape(500, -1).argsort(1, kind="stable")
        )


if __name__ == "__main__":
    unittest.main()
