"""The manifests of other tools name the same RTL files in the same order as rtl/files.f."""

import re
import unittest

import pages


def listed(path, pattern):
    return re.findall(pattern, (pages.ROOT / path).read_text(encoding="utf-8"), re.M)


class ManifestsTest(unittest.TestCase):
    def setUp(self):
        self.files = ["rtl/" + f for f in listed("rtl/files.f", r"^(\S+\.sv)\s*$")]

    def test_the_list_is_every_file(self):
        found = [str(p.relative_to(pages.ROOT)) for p in (pages.ROOT / "rtl").rglob("*.sv")]
        self.assertEqual(sorted(self.files), sorted(found))

    def test_fusesoc(self):
        self.assertEqual(listed("systole.core", r"^ +- (rtl/\S+\.sv)$"), self.files)

    def test_bender(self):
        self.assertEqual(listed("Bender.yml", r"^ +- (rtl/\S+\.sv)$"), self.files)


if __name__ == "__main__":
    unittest.main()
