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

    def test_version(self):
        version = (pages.ROOT / "VERSION").read_text(encoding="utf-8").strip()
        self.assertEqual(
            listed("systole.core", r"^name: systole:systole:systole:(\S+)$"), [version]
        )
        self.assertEqual(listed("CHANGELOG.md", r"^## (\d\S*?),? ")[0], version)

    def test_bender(self):
        self.assertEqual(listed("Bender.yml", r"^ +- (rtl/\S+\.sv)$"), self.files)

    def test_the_page_on_architecture(self):
        """Every file has its row, and what a row names exists."""
        rows = re.findall(r"^\| `(\S+\.svh?)` \| .* \| (.*) \|$", self.architecture(), re.M)
        found = [f"rtl/{file}" for file, _ in rows if file.endswith(".sv")]
        self.assertEqual(sorted(found), sorted(self.files))
        for file, tests in rows:
            folder = pages.ROOT
            for test in tests.split(", "):
                at = folder / test if "/" not in test else pages.ROOT / test
                self.assertTrue(at.exists(), f"{file}: there is no {test}")
                folder = at.parent

    def architecture(self):
        return (pages.ROOT / "docs/architecture.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    unittest.main()
