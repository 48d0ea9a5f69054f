"""scripts/crosscheck.py sees what it is to see: a stand-in for the command line writes right
outputs, or wrong ones.
"""

import contextlib
import io
import json
import os
import stat
import tempfile
import unittest

import crosscheck
import numpy as np
from systole_nn.networks import Layer
from systole_nn.quantize import QuantLayer, QuantModel, Tensor

_ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
_IMAGES = os.path.join(_ROOT, "models", "digits", "images.idx3-ubyte.gz")

# Writes numerics.py's outputs; FAULT=layer,image,element adds one there; FAULT=exit fails.
_STAND_IN = """#!{python}
import os, sys
sys.path[:0] = [{tests!r}, {scripts!r}]
import numerics, numpy as np
from systole_nn import import_onnx
arguments = dict(zip(sys.argv[3::2], sys.argv[4::2]))
fault = os.environ.get("FAULT", "")
if fault == "exit":
    sys.exit("systole: no such model")
model = import_onnx.load(sys.argv[2])
outputs = numerics.run(model, np.load(arguments["--images"]), arguments["--rounding"])
for index, (layer, array) in enumerate(zip(model.layers, outputs)):
    array = np.ascontiguousarray(array)
    if fault and index == int(fault.split(",")[0]):
        _, image, element = map(int, fault.split(","))
        array[image].reshape(-1)[element] ^= 1
    np.save(os.path.join(arguments["--outputs-dir"], f"{{index}}_{{layer.spec.name}}.npy"), array)
"""


class CrosscheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.systole = os.path.join(self.folder, "systole")
        with open(self.systole, "w", encoding="utf-8") as file:
            file.write(
                _STAND_IN.format(
                    python=os.path.join(_ROOT, ".venv", "bin", "python"),
                    tests=os.path.join(_ROOT, "tests", "python"),
                    scripts=os.path.join(_ROOT, "scripts"),
                )
            )
        os.chmod(self.systole, os.stat(self.systole).st_mode | stat.S_IXUSR)

    def run_check(self, check, fault="", systole=None):
        out, err = io.StringIO(), io.StringIO()
        report = os.path.join(self.folder, "report.json")
        os.environ["FAULT"] = fault
        self.addCleanup(os.environ.pop, "FAULT", None)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = crosscheck.main(
                [
                    check,
                    "--systole",
                    systole or self.systole,
                    "--images",
                    _IMAGES,
                    "--first",
                    "20",
                    "--json",
                    report,
                ]
            )
        return status, out.getvalue(), err.getvalue()

    def test_equal_outputs_pass(self):
        for check in ("ort", "tflite"):
            status, out, _ = self.run_check(check)
            self.assertEqual(status, 0, out)
            with open(os.path.join(self.folder, "report.json"), encoding="utf-8") as file:
                comparisons = json.load(file)["comparisons"]
            self.assertEqual(
                [entry["layer"] for entry in comparisons],
                ["C1", "S2", "C3", "S4", "C5", "F6", "OUT"],
            )
            self.assertEqual(comparisons[0]["compared"], 20 * 6 * 28 * 28)

    def test_one_wrong_byte_fails_and_is_located(self):
        for check in ("ort", "tflite"):
            status, out, _ = self.run_check(check, "2,7,1234")
            self.assertEqual(status, 1)
            line = next(line for line in out.splitlines() if line.split()[:1] == ["C3"])
            self.assertIn("1 different", line)
            self.assertIn("image 7 element 1234", line)

    def test_the_wrong_mode_fails(self):
        with open(self.systole, encoding="utf-8") as file:
            text = file.read()
        with open(self.systole, "w", encoding="utf-8") as file:
            file.write(text.replace('arguments["--rounding"])', '"floor")'))
        self.assertEqual(self.run_check("ort")[0], 1)

    def test_a_failing_command_is_reported(self):
        status, _, err = self.run_check("ort", "exit")
        self.assertEqual(status, 2)
        self.assertIn("no such model", err)

    def test_a_missing_command_is_reported(self):
        status, _, err = self.run_check("ort", systole=os.path.join(self.folder, "nothing"))
        self.assertEqual(status, 2)
        self.assertIn("--systole", err)


class CompareTest(unittest.TestCase):
    def compare(self, mine, theirs, tolerance=0):
        with contextlib.redirect_stdout(io.StringIO()):
            return crosscheck.compare(
                "layer", np.array(mine, np.uint8), np.array(theirs, np.uint8), tolerance
            )

    def test_counts_and_tolerance(self):
        entry = self.compare([[0, 255, 3]], [[1, 255, 3]], 1)
        self.assertEqual((entry["different"], entry["largest"], entry["pass"]), (1, 1, True))
        self.assertFalse(self.compare([[0, 255, 3]], [[1, 255, 3]])["pass"])
        self.assertEqual(self.compare([[0]], [[255]], 1)["largest"], 255)  # no wrap-around of bytes


class AveragePoolingTest(unittest.TestCase):
    def passes(self, *differences):
        """Whether outputs of a convolution, an average pooling and a convolution pass that differ
        by so much in one.
        """
        kinds = zip(("c", "a", "d"), ("conv", "avgpool", "conv"))
        model = QuantModel("m", [], [QuantLayer(Layer(name, kind)) for name, kind in kinds])
        mine = [np.full((2, 1, 1, 2), 50, np.uint8) for _ in differences]
        theirs = [array.copy() for array in mine]
        for array, difference in zip(theirs, differences):
            array[1, 0, 0, 1] += difference
        with contextlib.redirect_stdout(io.StringIO()):
            return [entry["pass"] for entry in crosscheck._layers(model, mine, theirs)]

    def test_only_the_first_average_may_differ_by_one_and_what_follows_is_told(self):
        self.assertEqual(self.passes(0, 1, 9), [True, True, True])
        self.assertEqual(self.passes(0, 2, 0), [True, False, True])
        self.assertEqual(self.passes(1, 0, 0), [False, True, True])


class BackendsTest(unittest.TestCase):
    """What `systole run` reports of two layers of 4 and 2 outputs and 3 images: 2 backends, so 24
    and 12 bytes.
    """

    def passes(self, **changes):
        model = QuantModel("m", [], [QuantLayer(Layer(name, "fc")) for name in ("a", "b")])
        model.tensors = [
            Tensor(name, (size, 1, 1), np.float32(1), 0, "uint8")
            for name, size in zip("xab", (9, 4, 2))
        ]
        layers = [
            {
                "name": name,
                "bytes_compared": count,
                "mismatches": 0,
                "cycles": {"model": 7, "rtl": 7, "tlm": 7},
            }
            for name, count in (("a", 24), ("b", 12))
        ]
        layers[1].update(changes)
        with contextlib.redirect_stdout(io.StringIO()):
            return [entry["pass"] for entry in crosscheck._backends(model, 3, {"layers": layers})]

    def test_every_byte_must_be_compared_and_equal_and_every_cycle(self):
        self.assertEqual(self.passes(), [True, True])
        self.assertEqual(self.passes(mismatches=1), [True, False])
        self.assertEqual(self.passes(bytes_compared=11), [True, False])
        self.assertEqual(self.passes(cycles={"model": 7, "rtl": 8, "tlm": 7}), [True, False])


if __name__ == "__main__":
    unittest.main()
