#!/usr/bin/env python3
"""SCALE-Sim's compute cycles of the shipped layer tables beside this array's, fold by fold.

  scripts/scalesim_array.py [--systole PROGRAM] [--array 16x16] [NETWORK ...]

Each network of models/workloads in output, weight and input stationary, by `systole scalesim
--array`: folds, SCALE-Sim's cycles (its total and the one it does not count, a layer), the same
folds on the array one at a time, and overlapped as in a program. `unexplained` is what the one-
at-a-time cycles have beyond SCALE-Sim's and the derived difference of each fold. Exit status 1
where that is not 0.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLES = ROOT / "models" / "workloads"
CONFIG = """[general]
run_name = run
[architecture_presets]
ArrayHeight: {rows}
ArrayWidth: {cols}
IfmapSramSzkB: 65536
FilterSramSzkB: 65536
OfmapSramSzkB: 65536
IfmapOffset: 0
FilterOffset: 100000000
OfmapOffset: 200000000
Dataflow: {dataflow}
[run_presets]
InterfaceBandwidth: CALC
"""


def report(path):
    """Rows of numbers of one of the reports, without its header."""
    with open(path, encoding="utf-8", newline="") as file:
        return [[float(cell) for cell in row if cell.strip()] for row in list(csv.reader(file))[1:]]


def run(systole, table, rows, cols, dataflow):
    """(folds, SCALE-Sim's cycles, one at a time, overlapped, unexplained) of a network."""
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "run.cfg"
        config.write_text(CONFIG.format(rows=rows, cols=cols, dataflow=dataflow), encoding="utf-8")
        command = [systole, "scalesim", "-c", config, "-w", table, "-p", folder, "--array"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{table}: {done.stderr.strip()}")
        compute = report(f"{folder}/run/COMPUTE_REPORT.csv")
        array = report(f"{folder}/run/ARRAY_REPORT.csv")
    sums = [0] * 5
    for (_, total, stalls, *_), (_, folds, _, apart, alone, together) in zip(
        compute, array, strict=True
    ):
        cycles = total - stalls + 1
        parts = folds, cycles, alone, together, alone - cycles - folds * apart
        sums = [int(a + b) for a, b in zip(sums, parts)]
    return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systole", default=ROOT / "build" / "systole")
    parser.add_argument("--array", default="16x16", metavar="ROWSxCOLS")
    names = sorted(path.stem for path in TABLES.glob("*.csv"))
    parser.add_argument("networks", nargs="*", metavar="NETWORK", default=names)
    options = parser.parse_args()
    try:
        rows, cols = (int(n) for n in options.array.split("x"))
    except ValueError:
        parser.error(f"--array {options.array}: give ROWSxCOLS, such as 16x16")
    unknown = set(options.networks) - set(names)
    if unknown:
        parser.error(f"no models/workloads/{min(unknown)}.csv; there are: {' '.join(names)}")
    print(f"{'network':14} flow {'folds':>8} {'SCALE-Sim':>11} {'one by one':>11}"
          f" {'overlapped':>11} unexplained")
    status = 0
    for name in options.networks:
        for dataflow in ("os", "ws", "is"):
            sums = run(options.systole, TABLES / f"{name}.csv", rows, cols, dataflow)
            print(f"{name:14} {dataflow:4} {sums[0]:8} {sums[1]:11} {sums[2]:11} {sums[3]:11}"
                  f" {sums[4]:11}", flush=True)
            status |= sums[4] != 0
    return status


if __name__ == "__main__":
    sys.exit(main())
