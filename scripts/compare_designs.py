#!/usr/bin/env python3
"""How many layers of a table of `systole map --csv` take less energy on one design than another,
batch by batch, and the ratio of every layer.

    compare_designs.py TABLE.csv DESIGN OTHER
"""

import csv
import sys


def compare(one, other, energy):
    """`energy`: pJ by layer and design, of one batch."""
    wins = [layer for layer, e in energy.items() if e[one] < e[other]]
    losses = [layer for layer, e in energy.items() if e[one] > e[other]]
    print(f"{one} takes less energy than {other} on {len(wins)} of {len(energy)} layers,")
    print(f"  more on {len(losses)}: {' '.join(losses)}")
    if len(energy) <= 16:
        ratios = (f"{layer} {e[one] / e[other]:.3f}" for layer, e in energy.items())
        total = [sum(e[name] for e in energy.values()) for name in (one, other)]
        print(f"  ratio: {', '.join(ratios)}, all {total[0] / total[1]:.3f}")


def main():
    if len(sys.argv) != 4:
        print("error: usage: compare_designs.py TABLE.csv DESIGN OTHER", file=sys.stderr)
        return 2
    path, one, other = sys.argv[1:]
    batches = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            layers = batches.setdefault(row["batch"], {})
            layers.setdefault(row["layer"], {})[row["design"]] = float(row["energy_pJ"])
    layers = [e for energy in batches.values() for e in energy.values()]
    missing = [name for name in (one, other) if not all(name in e for e in layers)]
    if missing or not layers:
        print(f"error: {path}: has no design {missing}", file=sys.stderr)
        return 2
    for batch, energy in batches.items():
        if len(batches) > 1:
            print(f"batch {batch}: ", end="")
        compare(one, other, energy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
