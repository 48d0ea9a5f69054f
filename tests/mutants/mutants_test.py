"""scripts/mutants.py: a fragment counts only where it stands once, blanks aside."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import mutants  # noqa: E402  pylint: disable=wrong-import-position


class LocateTest(unittest.TestCase):
    """On a folder of two small files."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.rtl = pathlib.Path(folder.name)
        (self.rtl / "shell").mkdir()
        (self.rtl / "one.sv").write_text("assign a = b +\n  8'(c);\nassign x = y;\n")
        (self.rtl / "shell/two.sv").write_text("assign x = y;\n")

    def test_blanks_do_not_count(self):
        mutant = {"what": "w", "find": "a=b + 8'( c )", "replace": "a = b"}
        path, before = mutants.mutate(mutant, self.rtl)
        self.assertEqual(path.name, "one.sv")
        self.assertEqual(path.read_text(), "assign a = b;\nassign x = y;\n")
        self.assertIn("8'(c)", before)

    def test_a_fragment_that_is_gone_is_refused(self):
        with self.assertRaisesRegex(mutants.DoesNotApply, "occurs 0 times"):
            mutants.locate({"what": "w", "find": "a = c"}, self.rtl)

    def test_a_fragment_in_two_places_is_refused(self):
        with self.assertRaisesRegex(mutants.DoesNotApply, "occurs 2 times"):
            mutants.locate({"what": "w", "find": "x = y"}, self.rtl)

    def test_a_file_tells_places_apart(self):
        path, _ = mutants.locate({"what": "w", "find": "x = y", "file": "two.sv"}, self.rtl)
        self.assertEqual(path, self.rtl / "shell/two.sv")


class FoundByTest(unittest.TestCase):
    """The line that a check's output ends up as."""

    def test_the_first_difference_without_its_folder(self):
        output = (
            "tokens 3\n  DIFFERENT: tokens: failed (/a/b/rtl/shell/x.sv:3)\n  DIFFERENT: more\n"
        )
        self.assertEqual(mutants.found_by(output), "tokens: failed (rtl/shell/x.sv:3)")

    def test_none_without_a_difference(self):
        self.assertIsNone(mutants.found_by("check: 3 cases, no difference\n"))


if __name__ == "__main__":
    unittest.main()
