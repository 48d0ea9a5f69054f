#!/usr/bin/env python3
"""Runs one model on several arrays and prints cycles and utilization side by side.

    examples/sweep/sweep.py [--arrays 8x8,16x16,32x8] [--rtl] [--batch N]

Golden and TLM are compared in every byte, TLM and cycle model in every cycle; --rtl adds the
verilated RTL of each array (`make rtl` builds it: about a minute each). Only Python's standard
library.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(options, rows, cols):
    """The report of one array, as `systole run --json` writes it."""
    parameters = ["--rows", str(rows), "--cols", str(cols)]
    if options.rtl:
        make = ["make", "rtl", f"ROWS={rows}", f"COLS={cols}"]
        subprocess.run(make, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        command = [ROOT / "build/systole", "run", options.model, "--images", options.images]
        command += ["--first", str(2 * options.batch), "--batch", str(options.batch)]
        command += ["--backend", "golden,tlm" + (",rtl" if options.rtl else ""), "--json", report]
        done = subprocess.run([*command, *parameters], stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(done.returncode)
        return json.loads(report.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=ROOT / "models/lenet5-mnist/model.onnx")
    parser.add_argument("--images", default=ROOT / "models/digits/images.idx3-ubyte.gz")
    parser.add_argument("--arrays", default="4x4,8x8,16x16,8x32", help="ROWSxCOLS, by commas")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rtl", action="store_true", help="the verilated RTL as well")
    options = parser.parse_args()
    print(f"{'array':>7} {'cycles an image':>16} {'utilization':>12} {'differences':>12}")
    for array in options.arrays.split(","):
        rows, cols = (int(n) for n in array.split("x"))
        report = run(options, rows, cols)
        print(
            f"{array:>7} {report['cycles_per_image']:>16.1f} {report['utilization']:>12.1%} "
            f"{report['mismatches']:>12}"
        )


if __name__ == "__main__":
    main()
