#!/usr/bin/env python3
"""What each option of the RTL costs in gates, and what it buys in cycles on networks.

    scripts/option_costs.py --network-bench build/host/tests/tiling/network_bench [--size 16]

Each module that an option changes is synthesized with it and without it (generic gates of Yosys,
all inside it counted; memories left out). Cycles are the cycle model's, of a program compiled for
the RTL with the option and without it.
"""

import argparse
import functools
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NETWORKS = "resnet50 mobilenet_v1 mobilenet_v2 kws resnet8".split()
CHIP = {"ACT_KIB": 128, "WGT_KIB": 128, "ACT_GROUPS": 8, "OUTSTANDING": 16}
BUILT = {"TAPS": 3, "POST_ACT": 1, "ADD_UNIT": 1, "ROW_SUM": 1}
OF_POST = ["systole_post", "systole_post_check"]
# Option, the modules that it changes, what differs with it and without it.
OPTIONS = [
    (
        "column mode (TAPS=3)",
        ["systole_array", "systole_matmul_control", "systole_matmul_check"],
        {},
        {"TAPS": 0},
    ),
    ("additions (ADD_UNIT)", OF_POST, {}, {"ADD_UNIT": 0}),
    (
        "POST of activations (POST_ACT)",
        OF_POST + ["systole_act_buffer"],
        {"ADD_UNIT": 0},
        {"ADD_UNIT": 0, "POST_ACT": 0},
    ),
]


def chip(size, changes):
    return {"ROWS": size, "COLS": size, "LANES": size, **CHIP, **BUILT, **changes}


@functools.cache
def synthesize(module, assignments):
    """Gates and flip-flops of the module, all inside it together; assignments: pairs."""
    files = re.findall(r"^([a-z0-9_/]*\.sv)$", (ROOT / "rtl/files.f").read_text(), re.M)
    sets = " ".join(f"-set {name} {value}" for name, value in assignments)
    script = f"""read_verilog -sv -Irtl/common {" ".join("rtl/" + f for f in files)}
      {f"chparam {sets} {module}" if sets else ""}
      hierarchy -check -top {module}; proc; blackbox *systole_sram*; synth -run coarse:
      tee -o /dev/stdout stat"""
    done = subprocess.run(
        ["yosys", "-q", "-p", script.replace("\n", ";")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"error: synthesis of {module} with {sets}:\n{done.stderr[-1000:]}")
    cells = re.findall(r"^ +(\$_\w+_|\$\w+) +(\d+)$", done.stdout.split("=== ")[-1], re.M)
    flops = sum(int(n) for name, n in cells if "FF" in name)
    return sum(int(n) for _, n in cells) - flops, flops


def own(module, every):
    """The parameters that the module has, with their values."""
    path = next((ROOT / "rtl").rglob(f"{module}.sv"))
    names = re.findall(r"^ *parameter int (\w+) *=", path.read_text(), re.M)
    return tuple((name, every[name]) for name in names if name in every)


def gates(modules, every):
    counts = [synthesize(module, own(module, every)) for module in modules]
    return [sum(column) for column in zip(*counts)]


def cycles(bench, network, assignments):
    """Cycles, and what the host does: text as it goes into the table."""
    done = subprocess.run(
        [bench, network, *assignments], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+) cycles", done.stdout)
    if found is None:
        return "refused"
    steps = re.search(r"(\d+) steps of the host", done.stdout)
    return found[1] + (f" and {steps[1]} steps of the host" if steps else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network-bench", required=True, type=pathlib.Path)
    parser.add_argument("--size", type=int, default=16, help="rows and columns of the array")
    parser.add_argument("--option", action="append", help="only the options whose names contain it")
    arguments = parser.parse_args()
    size = arguments.size

    def named(changes):
        return [f"{name}={value}" for name, value in chip(size, changes).items()]

    print(f"{size}x{size}: {' '.join(named({}))}")
    for network in NETWORKS:
        print(f"all built, {network}: {cycles(arguments.network_bench, network, named({}))}")
    for option, modules, with_it, without in OPTIONS:
        if arguments.option and not any(text in option for text in arguments.option):
            continue
        whole, less = gates(modules, chip(size, with_it)), gates(modules, chip(size, without))
        print(f"{option}: {whole[0] - less[0]} gates, {whole[1] - less[1]} flip-flops more")
        print(f"  of {' '.join(modules)}: {less} -> {whole}")
        for network in NETWORKS:
            found = cycles(arguments.network_bench, network, named(without))
            print(f"  {network} without: {found}", flush=True)


if __name__ == "__main__":
    main()
