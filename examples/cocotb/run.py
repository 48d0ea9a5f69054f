#!/usr/bin/env python3
"""Compiles a small network and runs it on the RTL under cocotb (test_systole.py).

    .venv/bin/python examples/cocotb/run.py

Needs `make build`, the Python environment (`make venv`) and Icarus. The network is that of
examples/own_model; its expected outputs are golden's.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PARAMETERS = ["ROWS=4", "COLS=4", "LANES=4"]


def prepare(systole, out):
    """The network, its folder for the RTL, images and expected outputs."""
    model, images, expected = out / "own.onnx", out / "own.npy", out / "expected.npy"
    script = HERE.parent / "own_model" / "make_model.py"
    subprocess.run([sys.executable, script, "-o", model, "--images", images], check=True)
    config = [word for p in PARAMETERS for word in ("--param", p)]
    subprocess.run([systole, "compile", model, "-o", out / "program", *config], check=True)
    command = [systole, "run", model, "--images", images, *config, "--backend", "golden"]
    subprocess.run([*command, "--outputs", expected], check=True, stdout=subprocess.DEVNULL)
    return {
        "SYSTOLE_PROGRAM": out / "program",
        "SYSTOLE_IMAGES": images,
        "SYSTOLE_EXPECTED": expected,
    }


def simulate(sim, out, variables):
    """cocotb's make, with its products in `out`; returns its test cases by name: passed or not."""
    results = out / f"results-{sim}.xml"
    results.unlink(missing_ok=True)
    environment = dict(
        os.environ, PATH=f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    )
    environment.update({name: str(value) for name, value in variables.items()})
    subprocess.run(
        [
            "make",
            "-C",
            HERE,
            f"SIM={sim}",
            f"SIM_BUILD={out / sim}",
            f"PARAMETERS={' '.join(PARAMETERS)}",
        ]
        + [f"COCOTB_RESULTS_FILE={results}"],
        env=environment,
        check=True,
    )
    cases = xml.etree.ElementTree.parse(results).getroot().iter("testcase")
    return {c.get("name"): c.find("failure") is None and c.find("error") is None for c in cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--systole", default=ROOT / "build/systole", help="the command line program"
    )
    parser.add_argument("--sim", default="icarus", choices=["icarus"])
    parser.add_argument("-o", "--output", default=ROOT / "build/cocotb", type=pathlib.Path)
    options = parser.parse_args()
    out = options.output.resolve()
    out.mkdir(parents=True, exist_ok=True)
    variables = prepare(pathlib.Path(options.systole).resolve(), out)
    cases = simulate(options.sim, out, variables)
    for name, passed in cases.items():
        print(f"{'passed' if passed else 'FAILED'}  {name}")
    return 0 if cases and all(cases.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
