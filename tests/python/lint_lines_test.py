"""Lines of at most 100 characters (scripts/lint_lines.py): which files are held to it, and what is
said of a longer line."""

import contextlib
import io
import os
import tempfile
import unittest

import lint_lines


class LintLinesTest(unittest.TestCase):
    def said(self, text):
        """(exit status, what is printed) for a file of this text; its path is FILE there."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.cc")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                status = lint_lines.main([path])
            return status, out.getvalue().replace(path, "FILE")

    def test_a_hundred_characters_pass_and_one_more_is_named(self):
        self.assertEqual(self.said("x" * 100 + "\n"), (0, ""))
        self.assertEqual(
            self.said("a\n" + "x" * 101 + "\nb\n"), (1, "FILE:2: 101 characters; at most 100\n")
        )

    def test_the_last_line_counts_without_its_end(self):
        self.assertEqual(self.said("x" * 101), (1, "FILE:1: 101 characters; at most 100\n"))

    def test_characters_count_not_bytes(self):
        self.assertEqual(self.said("\u00b5" * 100 + "\n"), (0, ""))

    def test_sources_are_held_to_it_and_data_is_not(self):
        for path in ("sw/cli/main.cc", "tb/a.vlt", "Makefile", "sw/cli/CMakeLists.txt", ".ci/run"):
            self.assertTrue(lint_lines.is_source(path), path)
        for path in ("models/spaces/a.toml", "tests/x/data/a.toml", "docs/a.svg", "tests/a.npy"):
            self.assertFalse(lint_lines.is_source(path), path)


if __name__ == "__main__":
    unittest.main()
