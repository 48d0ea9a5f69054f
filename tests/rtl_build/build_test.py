#!/usr/bin/env python3
"""scripts/build_rtl.sh on a copy of the tree: what is compiled again, two at once, a moved folder.

    build_test.py SYSTOLE_CONFIG
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ""
SMALL = ["ROWS=2", "COLS=2", "LANES=2", "ACT_KIB=8", "WGT_KIB=1", "PAR_KIB=1", "KTAB_KIB=1"]


class BuildTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tree = pathlib.Path(cls.folder.name) / "tree"
        for part in ("rtl", "tb", "scripts", "sw"):
            shutil.copytree(ROOT / part, cls.tree / part)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def start(self, *arguments, tree=None):
        environment = dict(os.environ, SYSTOLE_CONFIG=CONFIG, RTL_CXXFLAGS="-O0")
        return subprocess.Popen(
            [(tree or self.tree) / "scripts/build_rtl.sh", *SMALL, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def build(self, tree=None):
        process = self.start(tree=tree)
        out, err = process.communicate()
        self.assertEqual((process.returncode, err), (0, ""))
        return out

    def library(self, tree=None):
        found = list((tree or self.tree).glob("build/rtl/*/libsystole_rtl.so"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def objects(self):
        """When each object file was made."""
        return {str(p): p.stat().st_mtime_ns for p in self.library().parent.rglob("*.o")}

    def edit(self, name, pattern, replacement):
        path = self.tree / "rtl" / name
        text, count = re.subn(pattern, replacement, path.read_text(), count=1)
        self.assertEqual(count, 1, pattern)
        path.write_text(text)

    def test_1_two_builds_of_one_configuration_at_once(self):
        both = [self.start(), self.start()]
        for process in both:
            out, err = process.communicate()
            self.assertEqual((process.returncode, err), (0, ""), out)
        self.assertTrue(self.library().stat().st_size > 0)

    def test_2_nothing_changed(self):
        before = self.objects()
        self.assertEqual(self.build(), "")
        self.assertEqual(self.objects(), before)

    def test_3_a_comment_compiles_nothing(self):
        before = self.objects()
        for name in ("common/systole_queue.sv", "post/systole_post.sv", "systole_top.sv"):
            self.edit(name, r"\A", "// One line more, so that all others move down.\n")
        self.assertEqual(self.build(), "")
        self.assertEqual(self.objects(), before)

    def test_4_a_changed_line_compiles_its_part(self):
        before = self.objects()
        self.edit("shell/systole_counters.sv", r"64'd1\b", "64'd3")
        self.build()
        after = self.objects()
        again = [name for name in after if after[name] != before.get(name)]
        self.assertTrue(again)
        self.assertLess(len(again), len(after) / 2, again)

    def test_5_a_module_moved_to_another_file(self):
        (self.tree / "rtl/post/systole_post.sv").rename(
            self.tree / "rtl/post/systole_post_moved.sv"
        )
        files = self.tree / "rtl/files.f"
        files.write_text(files.read_text().replace("systole_post.sv", "systole_post_moved.sv"))
        self.build()

    def test_6_a_folder_that_was_moved_says_so_and_works(self):
        moved = self.tree.parent / "moved"
        self.tree.rename(moved)
        try:
            self.assertIn("was moved or copied; building anew", self.build(tree=moved))
            self.assertTrue(self.library(tree=moved).stat().st_size > 0)
            self.assertEqual(self.build(tree=moved), "")
        finally:
            moved.rename(self.tree)

    def test_7_an_unknown_variant(self):
        process = self.start("VARIANT=fast")
        out, err = process.communicate()
        self.assertEqual((process.returncode, out), (2, ""))
        self.assertEqual(err.count("\n"), 1)
        self.assertIn("VARIANT=fast", err)


if __name__ == "__main__":
    CONFIG = sys.argv.pop(1)
    unittest.main()
