"""What docs/scalesim.md says of the recorded comparison with SCALE-Sim, from the recording."""

import collections
import unittest

import pages


class RanksTest(unittest.TestCase):
    def setUp(self):
        self.rows = collections.defaultdict(dict)
        for line in pages.read("docs/recorded/scalesim_array.txt").splitlines()[3:]:
            name, flow, *numbers = line.split()
            self.rows[name][flow] = [int(n) for n in numbers]

    def firsts(self, column):
        """dataflow -> networks on which it takes the fewest cycles."""
        firsts = collections.defaultdict(set)
        for name, flows in self.rows.items():
            firsts[min(flows, key=lambda flow: flows[flow][column])].add(name)
        return firsts

    def test_no_cycle_is_unexplained(self):
        self.assertEqual(len(self.rows), 13)
        for name, flows in self.rows.items():
            unexplained = {flow: n[4] for flow, n in flows.items()}
            self.assertEqual(unexplained, {"os": 0, "ws": 0, "is": 0}, name)

    def test_the_ranks_that_the_page_tells(self):
        theirs, ours = self.firsts(1), self.firsts(3)
        self.assertEqual(len(theirs["os"]), 11)
        self.assertEqual(theirs["ws"], {"mobilenet_v1", "mobilenet_v2"})
        self.assertEqual((len(ours["os"]), len(ours["ws"])), (0, 10))
        self.assertEqual(ours["is"], {"lenet5_28", "lenet5_32", "lenet_caffe"})


if __name__ == "__main__":
    unittest.main()
