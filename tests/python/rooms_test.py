"""The order of the C++ folders (scripts/rooms.py): the tree keeps it, and a breach is named."""

import os
import tempfile
import unittest

import rooms

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def tree(folder, files):
    for path, text in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


class RoomsTest(unittest.TestCase):
    def messages(self, files):
        with tempfile.TemporaryDirectory() as folder:
            tree(folder, files)
            return rooms.check(folder)

    def test_the_tree_keeps_the_order(self):
        self.assertEqual(rooms.check(ROOT), [])
        self.assertGreater(len(list(rooms.includes(ROOT))), 500)

    def test_an_include_upwards_is_named(self):
        messages = self.messages(
            {"sw/base/a.h": '#include "sw/cli/b.h"\n', "sw/cli/b.h": '#include "sw/base/a.h"\n'}
        )
        self.assertEqual(
            messages, ["sw/base/a.h: includes sw/cli/b.h: sw/cli stands above sw/base"]
        )

    def test_an_include_sideways_is_named(self):
        messages = self.messages({"systemc/a.h": '#include "tb/b.h"\n', "tb/b.h": ""})
        self.assertEqual(messages, ["systemc/a.h: includes tb/b.h: tb stands beside systemc"])

    def test_a_product_file_that_includes_a_test_is_named(self):
        messages = self.messages({"sw/cli/a.cc": '#include "tests/b.h"\n', "tests/b.h": ""})
        self.assertEqual(
            messages, ["sw/cli/a.cc: includes tests/b.h: tests/ is not for the product"]
        )

    def test_a_folder_without_a_place_is_named(self):
        messages = self.messages({"sw/new/a.h": "", "sw/cli/b.cc": '#include "sw/new/a.h"\n'})
        self.assertEqual(messages, ["sw/new: has no place in the order of scripts/rooms.py"])


if __name__ == "__main__":
    unittest.main()
