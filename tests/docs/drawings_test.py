"""The drawings of the docs are what the project draws today (`make figures` draws them anew)."""

import os
import pathlib
import sys
import unittest

import pages

sys.path.insert(0, str(pages.ROOT / "scripts"))
import figures.__main__ as drawings  # noqa: E402

SYSTOLE = pathlib.Path(os.environ.get("SYSTOLE") or pages.ROOT / "build/host/sw/cli/systole")


class DrawingsTest(unittest.TestCase):
    @unittest.skipUnless(SYSTOLE.exists(), "make build")
    def test_committed_drawings_are_today_s(self):
        for name, text in drawings.figures(SYSTOLE).items():
            committed = (pages.ROOT / "docs/img" / name).read_text(encoding="utf-8")
            self.assertTrue(committed == text, f"docs/img/{name}: make figures draws another")


if __name__ == "__main__":
    unittest.main()
