"""slang reads the RTL without a word, and says one where a rule of the language is broken."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPES = [
    [],
    ["ROWS=5", "COLS=7", "LANES=7"],
    ["ROWS=64", "COLS=64", "WPORT=4", "ACC_DEPTH=1024", "AXI_DATA_WIDTH=128"],
    ["ROWS=2", "COLS=2", "LANES=1", "ROW_SUM=0", "TAPS=0", "POST_ACT=0", "ADD_UNIT=0"],
]


def slang(*arguments):
    """Exit status and what it says."""
    done = subprocess.run([sys.executable, str(ROOT / "scripts/lint_slang.py"), *arguments],
                          capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


class SlangTest(unittest.TestCase):
    def setUp(self):
        try:
            import pyslang  # noqa: F401
        except ImportError:
            self.skipTest("pyslang is not there; enabled by: make venv")

    def test_it_has_nothing_to_say(self):
        for shape in SHAPES:
            with self.subTest(shape=shape):
                self.assertEqual(slang(*shape), (0, ""))

    def test_a_name_used_before_its_declaration_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "rtl", pathlib.Path(folder) / "rtl")
            file = pathlib.Path(folder) / "rtl/common/systole_delay.sv"
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("endmodule", "  logic late_q;\nendmodule").replace(
                ");\n", ");\n  wire early = late_q;\n", 1), encoding="utf-8")
            status, said = slang("--root", folder)
            self.assertEqual(status, 1, said)
            self.assertIn("late_q", said)


if __name__ == "__main__":
    unittest.main()
