"""The save file for GTKWave: its signals are in the trace, its filter says what the listing says.

wave_test.py SYSTOLE
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LENET = str(ROOT / "models/lenet5-mnist/model.onnx")
DIGITS = str(ROOT / "models/digits/images.idx3-ubyte.gz")
SHAPE = ["--rows", "5", "--cols", "7"]


def run(*command, text=None):
    """Its standard output."""
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stderr}")
    return done.stdout


class WaveTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def save_file(self, trace):
        """The save file's lines."""
        out = self.path / "w.gtkw"
        run(sys.executable, str(ROOT / "scripts/gtkwave.py"), str(trace), SYSTOLE, str(out))
        return out.read_text(encoding="utf-8").splitlines()

    def test_the_filter_says_what_the_listing_says(self):
        run(SYSTOLE, "compile", LENET, "-o", str(self.path / "c"))
        listing = (self.path / "c/listing.txt").read_text(encoding="utf-8")
        said = re.findall(r"^ *[0-9]+  (\S.*)$", listing, re.MULTILINE)
        program = json.loads((self.path / "c/program.json").read_text())
        memory = (self.path / "c/memory.bin").read_bytes()
        words = []
        for part in ("setup", "code"):
            start = program[part]["address"] - program["memory"]["base"]
            for i in range(program[part]["instructions"]):
                words.append(memory[start + 32 * i:start + 32 * i + 32][::-1].hex())
        self.assertEqual(len(words), len(said))
        self.save_file(self.path / "no.fst")
        decoded = run(str(self.path / "w.gtkw.decode"), text="\n".join([*words, "0", "x2"]) + "\n")
        self.assertEqual(decoded.splitlines(), [*said, "-", "unknown"])

    def test_the_signals_are_in_the_trace(self):
        if shutil.which("fst2vcd") is None:
            self.skipTest("fst2vcd is not there; scripts/setup.sh wave installs it")
        trace = self.path / "t.fst"
        run(SYSTOLE, "run", LENET, "--images", DIGITS, "--first", "1", "--batch", "1", *SHAPE,
            "--backend", "golden,rtl", "--trace", str(trace), "--trace-cycles", "10:20")
        scope, names = [], set()
        for line in run("fst2vcd", str(trace)).splitlines():
            words = line.split()
            if words[:1] == ["$scope"]:
                scope.append(words[2])
            elif words[:1] == ["$upscope"]:
                scope.pop()
            elif words[:1] == ["$var"]:
                names.add(".".join([*scope, words[4]]))
            elif words[:1] == ["$enddefinitions"]:
                break
        shown = [line for line in self.save_file(trace) if line.startswith("TOP.")]
        self.assertGreater(len(shown), 15)
        self.assertEqual([name for name in shown if name.split("[255")[0] not in names], [])


if __name__ == "__main__":
    SYSTOLE = sys.argv.pop(1)
    unittest.main()
