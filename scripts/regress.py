#!/usr/bin/env python3
"""The regression matrix: LeNet on many RTL configurations, golden = TLM = RTL in every byte, RTL =
TLM = model in every cycle.

Builds each configuration's library, runs `systole run`, prints a table and writes it as JSON.
Standard library only. Exit status 0: all equal; 1: a difference; 2: bad usage or a build that
failed.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The shapes of the table; all other parameters are the defaults unless named.
SHAPES = [
    {"ROWS": 16, "COLS": 16},
    {"ROWS": 16, "COLS": 16, "WPORT": 2},
    {"ROWS": 16, "COLS": 16, "AXI_DATA_WIDTH": 128},
    {"ROWS": 5, "COLS": 7},
    {"ROWS": 12, "COLS": 14},
    {"ROWS": 2, "COLS": 2},
    {"ROWS": 4, "COLS": 4},
    {"ROWS": 8, "COLS": 8},
    {"ROWS": 8, "COLS": 32, "DATAFLOWS": 3},
    {"ROWS": 16, "COLS": 16, "DATAFLOWS": 5},
    {"ROWS": 32, "COLS": 8, "ACT_KIB": 64},
    {"ROWS": 64, "COLS": 64, "ACT_KIB": 128, "KTAB_KIB": 8},
    {"ROWS": 16, "COLS": 16, "ENGINE": "row"},
    {"ROWS": 16, "COLS": 16, "ENGINE": "row", "RS_ROWS": 14, "RS_COLS": 12},
    {"ROWS": 8, "COLS": 8, "ENGINE": "row", "RS_ROWS": 5, "RS_COLS": 7, "WGT_KIB": 256},
    {
        "ROWS": 16,
        "COLS": 32,
        "ENGINE": "row",
        "RS_ROWS": 16,
        "RS_COLS": 16,
        "IFMAP_SPAD": 16,
        "WGT_SPAD": 384,
        "PSUM_SPAD": 8,
    },
]

# Built once more with random initial state, run with each of these seeds.
RANDOM_STATE = [{"ROWS": 5, "COLS": 7}, {"ROWS": 8, "COLS": 8, "WPORT": 2}]
STATE_SEEDS = [1, 2, 3]


def random_parameters(seed):
    """A legal configuration on which LeNet fits, by seed."""
    r = random.Random(seed)
    cols = r.randint(2, 24)
    parameters = {
        "ROWS": r.randint(2, 24),
        "COLS": cols,
        "WPORT": r.choice([w for w in range(1, cols + 1) if cols % w == 0]),
        "LANES": r.randint(1, min(cols, 12)),
        "ACT_KIB": r.choice([32, 64, 128]),
        "ACT_GROUPS": r.choice([1, 2, 4, 8]),
        "WGT_KIB": r.choice([256, 300]),
        "PAR_KIB": r.choice([12, 16]),
        "KTAB_KIB": r.choice([8, 10]),
        "ACC_DEPTH": r.choice([60, 100, 128, 200]),
        "AXI_DATA_WIDTH": r.choice([32, 64, 128]),
        "AXI_ADDR_WIDTH": r.choice([32, 40, 64]),
        "AXI_ID_WIDTH": r.choice([1, 4, 8]),
        "OUTSTANDING": r.choice([1, 2, 4, 8, 16]),
        "QUEUE_DEPTH": r.choice([2, 4, 8, 16]),
        "ROUNDINGS": r.choice(["all", 0x20, 0x30]),
        "ROW_SUM": r.choice([0, 1]),
        "TAPS": r.choice([0, 1, 3, 5, 64]),
        "POST_ACT": r.choice([0, 1]),
    }
    parameters["ADD_UNIT"] = r.choice([0, parameters["POST_ACT"]])
    rows, wport = parameters["ROWS"], parameters["WPORT"]
    if rows >= 3 and (wport == 1 or cols <= rows * wport):
        parameters["DATAFLOWS"] = r.choice([1, 3, 5, 7] if wport == 1 else [1, 3])
    return parameters


def check_names():
    """Every parameter is in the matrix."""
    with open(os.path.join(ROOT, "spec", "systole.json"), encoding="utf-8") as definitions:
        known = {p["name"] for p in json.load(definitions)["parameters"]}
    varied = set(random_parameters(1)) | {name for shape in SHAPES for name in shape}
    if known != varied:
        sys.exit(f"error: the matrix and spec/ name different parameters: {known ^ varied}")


def name_of(parameters):
    shape = f"{parameters['ROWS']}x{parameters['COLS']}"
    rest = " ".join(f"{k}={v}" for k, v in parameters.items() if k not in ("ROWS", "COLS"))
    return f"{shape} {rest}".strip()


def run_one(systole, parameters, latency, state_seed, options):
    """One `systole run`; returns (exit status, JSON or None, standard error's last line)."""
    out = os.path.join(ROOT, "build", "regress", "run.json")
    if os.path.exists(out):
        os.remove(out)
    command = [
        systole,
        "run",
        options.model,
        "--images",
        options.images,
        "--first",
        str(options.first),
        "--batch",
        str(options.batch),
        "--backend",
        "golden,tlm,rtl",
        "--memory-latency",
        str(latency),
        "--json",
        out,
    ]
    for key, value in parameters.items():
        command += ["--param", f"{key}={value}"]
    dataflow = {3: "os", 5: "is", 7: "auto"}.get(parameters.get("DATAFLOWS"))
    if dataflow:
        command += ["--dataflow", dataflow]
    environment = dict(os.environ)
    if state_seed is not None:
        command += ["--rtl-variant", "random"]
        environment["SYSTOLE_RTL_SEED"] = str(state_seed)
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    report = None
    if os.path.exists(out):
        with open(out) as f:
            report = json.load(f)
    lines = (result.stderr or result.stdout).strip().splitlines()
    return result.returncode, report, lines[-1] if lines else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument(
        "--systole",
        default=os.path.join(ROOT, "build/host/sw/cli/systole"),
        help="the command line program",
    )
    parser.add_argument("--model", default=os.path.join(ROOT, "models/lenet5-mnist/model.onnx"))
    parser.add_argument(
        "--images", default=os.path.join(ROOT, "models/digits/images.idx3-ubyte.gz")
    )
    parser.add_argument("--first", type=int, default=4, help="images of each run")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument(
        "--random", type=int, default=20, help="random parameter sets (seeds 1, 2, ...)"
    )
    parser.add_argument("--latencies", default="1,20,100", help="memory latencies, cycles")
    parser.add_argument("--only", default="", help="only configurations whose name contains this")
    options = parser.parse_args()
    check_names()
    latencies = [int(x) for x in options.latencies.split(",")]
    os.makedirs(os.path.join(ROOT, "build", "regress"), exist_ok=True)

    # Speed of simulation is not what this is about: quick compilation is.
    os.environ.setdefault("RTL_CXXFLAGS", "-O1")
    configurations = [(shape, None) for shape in SHAPES]
    configurations += [(random_parameters(seed), None) for seed in range(1, options.random + 1)]
    configurations += [(shape, seed) for shape in RANDOM_STATE for seed in STATE_SEEDS]
    rows, worst = [], 0
    print(
        f"{'configuration':<60} {'latency':>7} {'bytes':>8} {'mismatches':>10} "
        f"{'cycles RTL':>11} {'TLM':>9} {'model':>9} {'result':>8} {'build s':>8}"
    )
    for parameters, state_seed in configurations:
        name = name_of(parameters)
        if state_seed is not None:
            name += f", random state {state_seed}"
        if options.only not in name:
            continue
        start = time.time()
        build = subprocess.run(
            [os.path.join(ROOT, "scripts/build_rtl.sh")]
            + [f"{k}={v}" for k, v in parameters.items()]
            + (["VARIANT=random"] if state_seed is not None else []),
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        seconds = time.time() - start
        if build.returncode != 0:
            print(f"{name[:60]:<60} build failed: {build.stderr.strip().splitlines()[-1:]}")
            worst = max(worst, 2)
            continue
        for latency in latencies:
            status, report, message = run_one(
                options.systole, parameters, latency, state_seed, options
            )
            row = {
                "configuration": parameters,
                "latency": latency,
                "state_seed": state_seed,
                "status": status,
                "message": message,
            }
            if report:
                cycles = report["cycles"]
                row.update(cycles=cycles, mismatches=report["mismatches"])
                compared = sum(layer["bytes_compared"] for layer in report["layers"])
                equal = status == 0 and report["mismatches"] == 0 and len(set(cycles.values())) == 1
                print(
                    (
                        f"{name[:60]:<60} {latency:>7} {compared:>8} "
                        f"{report['mismatches']:>10} {cycles.get('rtl', '-'):>11} "
                        f"{cycles.get('tlm', '-'):>9} {cycles.get('model', '-'):>9} "
                        f"{'equal' if equal else 'DIFFERS':>8} {seconds:>8.0f}"
                    ),
                    flush=True,
                )
            else:
                print(f"{name[:60]:<60} {latency:>7} failed: {message}", flush=True)
            worst = max(worst, status)
            rows.append(row)
    with open(os.path.join(ROOT, "build", "regress", "regress.json"), "w") as f:
        json.dump(rows, f, indent=1)
    print(
        f"{sum(r['status'] == 0 for r in rows)} passed,"
        f" {sum(r['status'] != 0 for r in rows)} failed"
    )
    return worst


if __name__ == "__main__":
    sys.exit(main())
