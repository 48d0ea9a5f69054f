"""The generator of make mutate-cxx: what it makes of a file, and that nothing changes unasked."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
try:
    import clang.cindex
except ImportError:
    clang = None

if clang is not None:
    from mutate_cxx import files, schemata, sites

SOURCE = """#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string>
constexpr int kStep = 3;
static_assert(kStep + 1 == 4);
int Sum(int a, int b) {
  assert(a + b > 0);
  int s = a + b;
  if (s > 10 && b != 2) s = 10;
  int counts[2] = {1, 0};
  switch (a) {
    case 7: throw std::invalid_argument(std::to_string(a + 70));
    default: break;
  }
  s -= kStep;
  return std::min(s, 8) - counts[1];
}
"""
MAIN = """#include <cstdio>
int Sum(int a, int b);
int main() { std::printf("%d %d %d", Sum(4, 5), Sum(9, 6), Sum(1, 1)); }
"""
# By hand: Sum(4, 5), Sum(9, 6) and Sum(1, 1) with each change; None is the file as it was.
WORTH = {
    None: "6 7 -1",
    "a + b -> (a) - (b)": "-4 0 -3",
    "s > 10 && b != 2 -> true": "7 7 7",
    "s > 10 && b != 2 -> false": "6 8 -1",
    "s > 10 && b != 2 -> negated": "7 8 7",
    "s > 10 && b != 2 -> (s > 10) || (b != 2)": "7 7 7",
    "s > 10 -> (s) <= (10)": "7 8 7",
    "s = 10; -> left out": "6 8 -1",
    "s -= kStep; -> left out": "8 8 2",
    "s -= kStep -> s += kStep": "8 8 5",
    "std::min(s, 8) -> std::max": "8 8 8",
    "std::min(s, 8) - counts[1] -> (std::min(s, 8)) + (counts[1])": "6 7 -1",
    "8 -> 7": "6 7 -1",
    "8 -> 9": "6 7 -1",
}


@unittest.skipIf(clang is None, "python3-clang is not installed")
class MutateCxx(unittest.TestCase):
    """One small file through the whole generator."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        root, files.ROOT = files.ROOT, pathlib.Path(self.folder.name).resolve()
        self.addCleanup(setattr, files, "ROOT", root)
        self.root = files.ROOT
        (self.root / "sw/arith").mkdir(parents=True)
        (self.root / "sw/arith/sum.cc").write_text(SOURCE)
        unit = files.parse("sw/arith/sum.cc", ["-std=c++17"])
        self.mutants = sites.Finder(unit, set()).all()["sw/arith/sum.cc"]

    def test_nothing_that_must_be_constant_or_is_said(self):
        """Constants of the compiler, assertions, labels and messages have none."""
        changed = {(m.line, m.what) for m in self.mutants}
        self.assertFalse([c for c in changed if c[0] in (5, 6, 8, 13)])
        self.assertFalse([c for c in changed if c[1].startswith("2 ->") and c[0] == 11])

    def test_each_does_what_it_says(self):
        """Every one compiles with all others; active, it gives what was worked out by hand."""
        numbered = list(enumerate(self.mutants, 1))
        (self.root / schemata.NAME).write_text(schemata.HEADER)
        switched = self.root / "sum.cc"
        switched.write_text(schemata.switched(SOURCE, numbered))
        (self.root / "main.cc").write_text(MAIN)
        program = self.root / "sum"
        subprocess.run(["c++", "-std=c++17", "-w", "-I", self.root, switched,
                        self.root / "main.cc", "-o", program], check=True)

        def runs(number):
            environment = dict(os.environ, SYSTOLE_MUTANT=str(number))
            return subprocess.run([program], env=environment, capture_output=True, text=True,
                                  check=False).stdout

        by_what = {m.what: number for number, m in numbered}
        for what, worth in WORTH.items():
            with self.subTest(what):
                self.assertEqual(runs(0 if what is None else by_what[what]), worth)

    def test_reached(self):
        """A run names the mutants whose places it came to."""
        numbered = list(enumerate(self.mutants, 1))
        (self.root / schemata.NAME).write_text(schemata.HEADER)
        (self.root / "sum.cc").write_text(schemata.switched(SOURCE, numbered))
        (self.root / "main.cc").write_text("int Sum(int a, int b);\nint main() { Sum(4, 5); }\n")
        subprocess.run(["c++", "-std=c++17", "-w", "-I", self.root, self.root / "sum.cc",
                        self.root / "main.cc", "-o", self.root / "sum"], check=True)
        kept = self.root / "reached"
        subprocess.run([self.root / "sum"], check=True,
                       env=dict(os.environ, SYSTOLE_MUTANT_REACHED=str(kept)))
        reached = {int(n) for n in kept.read_text().split()}
        by_what = {m.what: number for number, m in numbered}
        self.assertIn(by_what["s > 10 -> (s) <= (10)"], reached)
        self.assertNotIn(by_what["b != 2 -> (b) == (2)"], reached)
        self.assertNotIn(by_what["s = 10; -> left out"], reached)


if __name__ == "__main__":
    unittest.main()
