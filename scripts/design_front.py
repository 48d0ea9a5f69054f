#!/usr/bin/env python3
"""Energy against cycles of a network over design parameters, and which designs are on the front.

  design_front.py [--systole F] [--network F] [--arrays WxH,...] [--buffers KIB,...] [--html F]

Every pair of an array and a buffer is the Eyeriss-like design (models/designs/eyeriss_like.yaml)
with W x H elements and a buffer of KIB, the best mapping of each layer by energy x cycles, energies
after Horowitz: a buffer's access by the power of its size between his. Marked with * are those
than which no other has both less energy and fewer cycles; --html writes the page of `systole map`
with their front drawn. Standard library only.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
DESIGNS = ROOT / "models/designs"


def buffer_energy(kib):
    """pJ for 64 bits: 20 of 32 KiB, 100 of 1 MiB, 10 of 8 KiB."""
    if kib <= 32:
        return 10 * math.sqrt(kib / 8)
    return 20 * (kib / 32) ** (math.log(5) / math.log(32))


def design(width, height, kib):
    """The text of the design and of its energy table."""
    text = (DESIGNS / "eyeriss_like.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("depth: 16384", f"depth: {kib * 128}"),  # words of 64 bits
        ("[0..13]", f"[0..{width - 1}]"),
        ("[0..167]", f"[0..{width * height - 1}]"),
        ("meshX: 14", f"meshX: {width}"),
        ("meshY: 12", f"meshY: {height}"),
    ):
        assert old in text
        text = text.replace(old, new)
    table = (DESIGNS / "energy/eyeriss_horowitz.yaml").read_text(encoding="utf-8")
    assert "38.0731" in table
    return text, table.replace("38.0731", f"{buffer_energy(kib):.6g}")


def answers(systole, network, points, html=None):
    """(cycles, pJ) by point."""
    names = [f"{width}x{height}-{kib}KiB" for width, height, kib in points]
    with tempfile.TemporaryDirectory() as folder:
        call = [systole, "map", "--network", network, "--json", f"{folder}/out.json"]
        call += ["--html", html] if html else []
        for name, point in zip(names, points):
            files = [f"{folder}/{name}.yaml", f"{folder}/{name}-energy.yaml"]
            for path, text in zip(files, design(*point)):
                pathlib.Path(path).write_text(text, encoding="utf-8")
            call += ["--design", f"{name}={','.join(files)}"]
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
        found = json.loads(pathlib.Path(f"{folder}/out.json").read_text(encoding="utf-8"))
    if not all(layer["proved"] for one in found["answers"] for layer in one["layers"]):
        raise SystemExit("error: a layer is not proved; use a smaller network")
    return {
        points[names.index(one["design"])]: (one["cycles"], one["energy_pJ"])
        for one in found["answers"]
    }


def front(costs):
    """The points that no other point beats in both."""
    return {
        point
        for point, cost in costs.items()
        if not any(
            other[0] <= cost[0] and other[1] <= cost[1] and other != cost
            for other in costs.values()
        )
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systole", default=str(ROOT / "build/systole"))
    parser.add_argument("--network", default=str(ROOT / "models/workloads/alexnet.csv"))
    parser.add_argument("--arrays", default="8x8,14x12,12x14,16x16,32x8,8x32,20x12,64x4")
    parser.add_argument("--buffers", default="32,64,128,256,512")
    parser.add_argument("--html", metavar="FILE", help="the page of systole map, too")
    options = parser.parse_args()
    points = [
        (*map(int, array.split("x")), int(kib))
        for array in options.arrays.split(",")
        for kib in options.buffers.split(",")
    ]
    costs = answers(options.systole, options.network, points, options.html)
    best = front(costs)
    print(f"{'array':<7} {'KiB':>5} {'cycles':>12} {'uJ':>10} {'uJ x cycles':>12}")
    for point, (cycles, energy) in sorted(costs.items(), key=lambda item: (item[1], item[0])):
        width, height, kib = point
        print(
            f"{width}x{height:<{6 - len(str(width))}}{kib:>5} {cycles:>12} {energy * 1e-6:>10.2f} "
            f"{cycles * energy * 1e-6:>12.6g} {'*' if point in best else ''}".rstrip()
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
