"""The example of the RTL in one's own test bench (examples/cocotb), under Icarus."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = [
    "outputs_equal_expected",
    "pauses_on_every_channel_change_no_byte",
    "unmapped_registers_answer_slverr",
]


class CocotbTest(unittest.TestCase):
    def run_example(self, sim):
        if importlib.util.find_spec("cocotb") is None:
            self.skipTest("cocotb is not there; enabled by: make venv")
        if shutil.which("iverilog" if sim == "icarus" else "verilator") is None:
            self.skipTest(f"{sim} is not there; enabled by: make setup-test")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, ROOT / "examples/cocotb/run.py", "--sim", sim, "-o", folder]
                + ["--systole", os.environ["SYSTOLE"]],
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for name in TESTS:
            self.assertIn(f"passed  {name}", done.stdout)

    def test_icarus(self):
        self.run_example("icarus")


if __name__ == "__main__":
    unittest.main()
