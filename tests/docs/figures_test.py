"""The figures of the docs against the runs that make them (figures.toml).

Debian 12's Python has tomllib; an older one skips this.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import pages

try:
    import tomllib
except ImportError:
    tomllib = None


def pick(report, path):
    for key in path.split("."):
        report = report[int(key)] if isinstance(report, list) else report[key]
    return report


def flat(text):
    return re.sub(r"\s+", " ", text)


@unittest.skipIf(tomllib is None, "needs Python 3.11 (tomllib)")
class FiguresTest(unittest.TestCase):
    def test_every_figure_is_the_run_s(self):
        runs = tomllib.loads((pathlib.Path(__file__).parent / "figures.toml").read_text())["run"]
        for run in runs:
            with tempfile.TemporaryDirectory() as folder:
                out = os.path.join(folder, "out.json")
                done = subprocess.run(
                    ["bash", "-c", run["command"].replace("{out}", out)],
                    cwd=pages.ROOT,
                    capture_output=True,
                    text=True,
                )
                self.assertEqual(done.returncode, 0, f"{run['name']}: {done.stderr}{done.stdout}")
                with open(out, encoding="utf-8") as file:
                    report = json.load(file)
            for figure in run["figure"]:
                words = figure["format"].format(pick(report, figure["value"])).replace("%", " %")
                for place in figure["where"]:
                    page, text = place.split(": ", 1)
                    with self.subTest(run=run["name"], place=place):
                        stands = flat(text.replace("{}", words).replace("{0}", words)) in flat(
                            pages.read(page)
                        )
                        self.assertTrue(stands, f"{page} should say: {text.replace('{}', words)}")


if __name__ == "__main__":
    unittest.main()
