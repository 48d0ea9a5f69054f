"""What the Makefile says and passes on, by `make -n`: nothing is built."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def make(*arguments):
    """What make would run, as text; the help is printed for real."""
    command = ["make", "--no-print-directory", *arguments, "SETUP=no"]
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout


class MakefileTest(unittest.TestCase):
    def labels(self, *arguments):
        """What --labels is followed by in the run of `make sim`, or None."""
        runs = [l for l in make("-n", "sim", *arguments).splitlines() if "systole run " in l]
        self.assertEqual(len(runs), 1, runs)
        found = re.search(r"--labels (\S+)", runs[0])
        return found and found.group(1)

    def test_labels_of_digits_are_for_networks_of_digits(self):
        digits = "models/digits/labels.idx1-ubyte"
        self.assertEqual(self.labels(), digits)
        self.assertEqual(self.labels("MODEL=models/lenet5-avgpool/model.onnx"), digits)
        self.assertIsNone(self.labels("MODEL=models/fashion3x3/model.onnx"))
        self.assertIsNone(self.labels("MODEL=mine.onnx"))
        self.assertIsNone(self.labels("IMAGES=mine.npy"))
        self.assertEqual(self.labels("MODEL=mine.onnx", "LABELS=mine.idx"), "mine.idx")

    def test_lint_runs_what_its_help_names(self):
        line = re.search(r"make lint +(.*)", make("help")).group(1)
        recipe = make("-n", "lint")
        for script in re.findall(r"scripts/lint\w*\.sh", recipe):
            recipe += (ROOT / script).read_text(encoding="utf-8")
        tools = {"Verilator": "verilator --lint-only -Wall", "Icarus": "iverilog -g2012"}
        tools |= {"Yosys": "yosys -q", "clang-format": "clang-format --dry-run"}
        tools |= {"clang-tidy": "clang-tidy ", "lint_rtl.py": "scripts/lint_rtl.py"}
        named = [tool for tool in tools if tool in line]
        self.assertGreaterEqual(len(named), 4)
        for tool in named:
            self.assertIn(tools[tool], recipe, tool)


if __name__ == "__main__":
    unittest.main()
