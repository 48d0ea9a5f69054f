"""The figures of the docs that come from recorded runs (docs/recorded, scripts/record.sh).

In a page, a comment in front of a table names the recordings that its figures come from:

    <!-- recorded: bench.txt explore.txt -->
    <!-- recorded: bench.txt, columns 2 3 -->

Every number in the table's cells, the header and the first column left out (or only the columns
named, the first being 1), must stand in one of the recordings.
"""

import re
import unittest

import pages

MARK = re.compile(r"<!-- recorded: ([\w. -]+?)(?:, columns ([\d ]+))? -->")
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)")


def numbers(text):
    """The numbers of a text, without the commas between thousands."""
    return {found.replace(",", "") for found in NUMBER.findall(text)}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def recorded_tables(page):
    """(line number, recordings, columns or None, rows of cells) of each marked table."""
    lines = pages.read(page).splitlines()
    for start, line in enumerate(lines):
        mark = MARK.fullmatch(line.strip())
        if not mark:
            continue
        columns = [int(c) - 1 for c in mark[2].split()] if mark[2] else None
        rows, at = [], start + 1
        while at < len(lines) and not lines[at].startswith("|"):
            at += 1
        while at < len(lines) and lines[at].startswith("|"):
            rows.append((at + 1, cells(lines[at])))
            at += 1
        yield start + 1, mark[1].split(), columns, rows[2:]


class RecordedTest(unittest.TestCase):
    def test_every_figure_stands_in_its_recording(self):
        count = 0
        for page in pages.all_pages():
            for line, names, columns, rows in recorded_tables(page):
                known = set()
                for name in names:
                    known |= numbers(pages.read(f"docs/recorded/{name}"))
                self.assertTrue(rows, f"{page}:{line}: no table behind the comment")
                for number, row in rows:
                    chosen = range(1, len(row)) if columns is None else columns
                    for column in chosen:
                        missing = numbers(row[column]) - known
                        count += 1
                        self.assertFalse(
                            missing, f"{page}:{number}: {sorted(missing)} not in {names}"
                        )
        self.assertGreater(count, 0)

    def test_every_recording_says_how_it_was_made_and_is_used(self):
        used = set()
        for page in pages.all_pages():
            used |= {name for _, names, _, _ in recorded_tables(page) for name in names}
        kept = sorted((pages.ROOT / "docs/recorded").glob("*.txt"))
        self.assertTrue(kept)
        for path in kept:
            first, second = path.read_text(encoding="utf-8").splitlines()[:2]
            self.assertTrue(first.startswith("$ "), path.name)
            self.assertRegex(second, r"^# \d{4}-\d\d-\d\d, \S+, \d+ x ")
            self.assertIn(path.name, used)


if __name__ == "__main__":
    unittest.main()
