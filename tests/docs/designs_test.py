"""What docs/which_design.md says of ten networks, held to the recorded run."""

import csv
import re
import unittest

import pages

WEIGHT, OUTPUT, EYERISS = DESIGNS = ("weight-split6", "output-split6", "eyeriss")


def recorded():
    """{network: ({design: (cycles, uJ)}, layers weight stationary wins, all layers)}."""
    found, network = {}, None
    for line in pages.read("docs/recorded/networks_by_design.txt").splitlines()[2:]:
        words = line.split()
        if len(words) == 1:
            network, costs = words[0], {}
        elif words[0] in DESIGNS and len(words) == 8:
            costs[words[0]] = float(words[4]), float(words[5])
        elif wins := re.fullmatch(rf"{WEIGHT} takes less .* on (\d+) of (\d+) layers,", line):
            found[network] = costs, int(wins[1]), int(wins[2])
    return found


def dense_layers(network):
    lines = pages.read(f"models/workloads/{network}.csv").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return sum(row["type"] == "dense" for row in rows)


class DesignsTest(unittest.TestCase):
    def setUp(self):
        self.rows = recorded()
        self.assertEqual(len(self.rows), 10)

    def test_output_stationary_wins_the_fully_connected_layers_alone(self):
        for network, (_, wins, layers) in self.rows.items():
            self.assertEqual(layers - wins, dense_layers(network), network)

    def test_eyeriss_takes_the_least_energy_and_is_slower_but_on_mobilenets(self):
        for network, (costs, _, _) in self.rows.items():
            self.assertEqual(min(DESIGNS, key=lambda d: costs[d][1]), EYERISS, network)
            slower = costs[EYERISS][0] > max(costs[WEIGHT][0], costs[OUTPUT][0])
            self.assertEqual(slower, not network.startswith("mobilenet"), network)

    def test_mobilenets_on_the_simple_designs(self):
        ratio = {
            n: self.rows[n][0][WEIGHT][0] / self.rows[n][0][EYERISS][0]
            for n in ("mobilenet_v1", "mobilenet_v2")
        }
        self.assertEqual([f"{r:.1f}" for r in ratio.values()], ["3.7", "9.5"])


if __name__ == "__main__":
    unittest.main()
