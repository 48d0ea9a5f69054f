#!/usr/bin/env python3
"""Speed of the verilated RTL on whole networks.

    scripts/bench_rtl.py [--systole PATH] [--param NAME=VALUE ...] MODEL IMAGES [MODEL IMAGES ...]

Each model runs alone, one image, on golden and RTL, every byte and stamp compared (`systole run`);
the RTL of these parameters must be built (make rtl). Seconds of the processor are those of the
whole command, reading the files and comparing included. Exit status: that of the first run that
fails.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systole", default="build/systole")
    parser.add_argument("--param", action="append", default=[])
    parser.add_argument("files", nargs="+", help="MODEL IMAGES, by pairs")
    options = parser.parse_args()
    if len(options.files) % 2:
        sys.exit("error: MODEL IMAGES come by pairs; see scripts/bench_rtl.py -h")
    report = pathlib.Path(tempfile.mkdtemp()) / "run.json"
    for model, images in zip(options.files[::2], options.files[1::2]):
        command = [options.systole, "run", model, "--images", images, "--first", "1"]
        command += ["--batch", "1", "--jobs", "1", "--backend", "golden,rtl", "--json", report]
        command += [word for p in options.param for word in ("--param", p)]
        before, began = processor_seconds(), time.monotonic()
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        wall, processor = time.monotonic() - began, processor_seconds() - before
        if run.returncode != 0:
            print(run.stdout + run.stderr, file=sys.stderr)
            sys.exit(run.returncode)
        cycles = json.loads(report.read_text())["cycles"]["rtl"]
        print(
            f"{pathlib.Path(model).name}: {cycles} cycles, {processor:.2f} s of the processor, "
            f"{cycles / processor:.0f} cycles/s, {wall:.2f} s"
        )


if __name__ == "__main__":
    main()
