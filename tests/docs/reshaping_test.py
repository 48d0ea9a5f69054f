"""What docs/reshaping.md says of its tables, held to the recorded runs."""

import unittest

import pages


def widths(name):
    """{channels: (multiply-adds, Eyeriss uJ, cycles, weight stationary uJ, cycles, own cycles)}."""
    rows = {}
    for line in pages.read(f"docs/recorded/{name}.txt").splitlines():
        words = line.replace(",", "").split()
        if words and words[0][0].isdigit():
            rows[words[0]] = [float(word) for word in words[1:]]
    return rows


MACS, ENERGY, CYCLES, _, _, OWN = range(6)


class WidthsTest(unittest.TestCase):
    def setUp(self):
        self.rows = widths("widths")

    def of(self, width):
        return self.rows[f"{width}-{2 * width}-{4 * width}"]

    def test_cycles_on_eyeriss_follow_divisors(self):
        full, fitting, wider = self.of(16), self.of(14), self.of(18)
        self.assertLess(fitting[CYCLES], full[CYCLES] / 2)
        self.assertAlmostEqual(fitting[MACS] / full[MACS], 0.75, delta=0.02)
        self.assertGreater(wider[MACS], full[MACS])
        self.assertLess(wider[CYCLES], full[CYCLES])
        rate = {w: self.of(w)[MACS] / self.of(w)[CYCLES] for w in range(8, 19)}
        self.assertLess(max(rate[13], rate[17]), 14 * 12 / 2)
        self.assertGreater(min(rate[w] for w in rate if w not in (13, 17)), 14 * 12 / 2)

    def test_energy_hardly_cares(self):
        cost = {w: 1e6 * self.of(w)[ENERGY] / self.of(w)[MACS] for w in range(8, 19)}
        self.assertEqual((f"{cost[8]:.2f}", f"{cost[16]:.2f}"), ("3.63", "2.92"))
        for w in (12, 14):
            self.assertLess(0.97 * (cost[w - 1] + cost[w + 1]) / 2, cost[w])

    def test_steps_of_the_own_array(self):
        full = self.of(16)[OWN]
        self.assertGreater(self.of(15)[OWN], 0.95 * full)
        self.assertGreater(self.of(17)[OWN], 1.5 * full)

    def test_uneven_widths_that_fit(self):
        uneven, plain = self.rows["14-14-28"], self.of(10)
        self.assertAlmostEqual(uneven[MACS] / plain[MACS], 1, delta=0.03)
        self.assertAlmostEqual(uneven[CYCLES] / plain[CYCLES], 0.75, delta=0.02)
        self.assertLess(uneven[OWN], plain[OWN])

    def test_resnet50(self):
        rows = widths("widths50")
        sixty, fewer = rows["60-120-240-480"], rows["56-112-224-448"]
        self.assertLess(fewer[MACS], sixty[MACS])
        self.assertGreater(fewer[CYCLES], sixty[CYCLES])
        full, best = rows["64-128-256-512"], rows["48-96-192-384"]
        large = [row for row in rows.values() if row[MACS] >= full[MACS] / 2]
        self.assertEqual(min(row[ENERGY] for row in large), best[ENERGY])
        self.assertEqual(min(row[CYCLES] for row in large), best[CYCLES])
        rates = [row[MACS] / row[OWN] for row in rows.values()]
        self.assertEqual((int(min(rates)), round(max(rates))), (221, 245))


class TrainedTest(unittest.TestCase):
    def setUp(self):
        self.rows = {}
        for line in pages.read("docs/recorded/reshaping.txt").splitlines():
            words = line.replace(",", "").split()
            if words[0].startswith("resnet20") and words[1] == "5":
                share, energy, eyeriss, own = map(float, words[5:9])
                self.rows[words[0][9:] or "16-32-64"] = share, energy, eyeriss, own, words[9:]

    def test_fronts(self):
        off = {name: set(row[4]) ^ {"energy", "eyeriss", "own"} for name, row in self.rows.items()}
        self.assertEqual(off.pop("14-14-28"), {"energy", "own"})
        self.assertEqual(set(map(len, off.values())), {0})

    def test_cycles_and_accuracy_of_what_fits(self):
        full, fits, alike = (self.rows[n] for n in ("16-32-64", "14-28-42", "12-24-48"))
        self.assertLess(full[0] - fits[0], 1.1)
        self.assertEqual({f"{one[2] / full[2]:.2f}" for one in (fits, alike)}, {"0.38"})
        uneven, plain = self.rows["14-14-28"], self.rows["10-20-40"]
        self.assertEqual(uneven[1], plain[1])
        self.assertGreater(plain[0] - uneven[0], 2.4)


if __name__ == "__main__":
    unittest.main()
