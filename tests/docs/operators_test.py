"""The table of docs/operators.md against what the command line says that it supports: files of one
operator that it does not have, written here byte by byte.
"""

import base64
import os
import re
import subprocess
import tempfile
import unittest

import pages

SYSTOLE = os.environ.get("SYSTOLE", "")
# One operator, NEG, on a tensor of 1x2.
TFLITE = """
HAAAAFRGTDMAAAAAAAAOABQAEAAMAAgAAAAEAA4AAAAQAAAAHAAAAEABAAADAAAAAQAAAAgAAAAEAAQABAAAAAEAAAAQAAAA
DAAUABAADAAIAAQADAAAABAAAAA8AAAAQAAAAEQAAAABAAAAEAAAAAAACgAMAAAACAAEAAoAAAAIAAAADAAAAAEAAAABAAAA
AQAAAAAAAAABAAAAAQAAAAEAAAAAAAAAAgAAAGQAAAAEAAAAsv///xAAAAAwAAAAAAAACTAAAACk////CAAAABQAAAABAAAA
AAAAAAAAAAAAAAAAAQAAAAAAgD8CAAAAdDEAAAIAAAABAAAAAgAAAAAADgAUABAADwAAAAgABAAOAAAAHAAAADwAAAAAAAAJ
PAAAAAwADAAAAAAACAAEAAwAAAAIAAAAFAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAACAPwIAAAB0MAAAAgAAAAEAAAACAAAA
AQAAABAAAAAMAAwACwAAAAAABAAMAAAAOwAAAAAAADs=
"""
ONNX = """
CAgSADo9Cg4KAXgSAXkaAW4iA05lZxIBZ1oTCgF4Eg4KDAgDEggKAggBCgIIAmITCgF5Eg4KDAgDEggKAggBCgIIAkIECgAQ
DQ==
"""


def supported(name, content):
    """What the refusal of such a file lists."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
        done = subprocess.run([SYSTOLE, "info", path], capture_output=True, text=True, check=False)
    if done.returncode != 2:
        raise AssertionError(f"status {done.returncode}: {done.stderr}")
    return re.search(r"supported are ([\w, ]+);", done.stderr)[1].split(", ")


def column(index):
    names = []
    for line in pages.read("docs/operators.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| layer ") or not line.startswith("|") or line.startswith("|---"):
            if names and not line.startswith("|"):
                break
            continue
        names += cells[index].split(", ")
    return names


@unittest.skipUnless(SYSTOLE, "SYSTOLE is not set; enabled by: make test")
class OperatorsTest(unittest.TestCase):
    def compare(self, listed, known):
        self.assertEqual(sorted(listed), sorted(known))
        self.assertEqual(len(set(listed)), len(listed))

    def test_onnx(self):
        self.compare(column(1), supported("neg.onnx", ONNX))

    def test_tflite(self):
        self.compare(column(2), supported("neg.tflite", TFLITE))


if __name__ == "__main__":
    unittest.main()
