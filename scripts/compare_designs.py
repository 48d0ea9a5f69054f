#!/usr/bin/env python3
"""How many layers of a table of `systole map --csv` take less energy on one design than another.

    compare_designs.py TABLE.csv DESIGN OTHER
"""

import csv
import sys


def main():
    if len(sys.argv) != 4:
        print("error: usage: compare_designs.py TABLE.csv DESIGN OTHER", file=sys.stderr)
        return 2
    path, one, other = sys.argv[1:]
    energy = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            energy.setdefault(row["layer"], {})[row["design"]] = float(row["energy_pJ"])
    missing = [name for name in (one, other) if not all(name in e for e in energy.values())]
    if missing or not energy:
        print(f"error: {path}: has no design {missing}", file=sys.stderr)
        return 2
    wins = [layer for layer, e in energy.items() if e[one] < e[other]]
    losses = [layer for layer, e in energy.items() if e[one] > e[other]]
    print(f"{one} takes less energy than {other} on {len(wins)} of {len(energy)} layers,")
    print(f"  more on {len(losses)}: {' '.join(losses)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
