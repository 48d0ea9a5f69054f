#!/usr/bin/env python3
"""CPU time (user + system) of `systole scalesim`, and of the original beside it where a checkout is
given.

Usage: bench_scalesim.py [--bin FOLDER] [--original CHECKOUT [--python PY] [--resnet]]
Tables of the project: LeNet-5 on 16x16 (36 kB, bandwidth 10) and ResNet-50 on 32x32 (64 kB, CALC).
By the command line the whole process counts; inside the process, what lies between parsed input and
finished reports, as text in memory, and nothing is printed. With the original every report (and
trace) is compared, byte for byte. --resnet takes the original ten minutes and ten GB for each
dataflow.
"""

import argparse
import filecmp
import os
import resource
import statistics
import subprocess
import sys
import tempfile

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_CONFIG = """[general]
run_name = {name}
[architecture_presets]
ArrayHeight: {size}
ArrayWidth: {size}
IfmapSramSzkB: {kb}
FilterSramSzkB: {kb}
OfmapSramSzkB: {kb}
IfmapOffset: 0
FilterOffset: 10000000
OfmapOffset: 20000000
Dataflow: {dataflow}
Bandwidth: 10
[run_presets]
InterfaceBandwidth: {mode}
"""
# Runs of the original in its own process: the CPU seconds of imports, and of what follows parsing;
# best of `repeat`.
_ORIGINAL = """
import io, sys, time
begin = time.process_time()
import scalesim.simulator
from scalesim.scale_sim import scalesim as Scale
imports = time.process_time() - begin
_, config, topology, out, traces, repeat = sys.argv
if traces == "N":
    scalesim.simulator.open = lambda *_: io.StringIO()  # reports as text in memory
best = 1e9
for _ in range(int(repeat)):
    s = Scale(save_disk_space=traces == "N", verbose=False, config=config, topology=topology)
    s.top_path = out
    s.runner.set_params(config_obj=s.config, topo_obj=s.topo, top_path=out, verbosity=False,
                        save_trace=traces == "Y")
    begin = time.process_time()
    s.runner.run()
    best = min(best, time.process_time() - begin)
print(best, imports)
"""


def _cpu(command, runs, **options):
    """CPU seconds of each run, lowest first."""
    seconds = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **options
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return sorted(seconds)


def _time(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1:
            break
    return f"{seconds * factor:.3g} {unit}"


class _Bench:
    def __init__(self, arguments, folder):
        self.systole = os.path.join(arguments.bin, "sw/cli/systole")
        self.inside = os.path.join(arguments.bin, "sw/bench/scalesim_bench")
        self.arguments, self.folder = arguments, folder
        self.environment = dict(os.environ, PYTHONPATH=arguments.original or "")

    def network(self, table, size, kb):
        path = f"{self.folder}/{table}.csv"
        with open(path, "w", encoding="ascii") as out:
            command = [
                self.systole,
                "scalesim",
                "-w",
                f"{_ROOT}/models/workloads/{table}.csv",
                "--convert",
            ]
            subprocess.run(command, stdout=out, check=True)
        return path, size, kb

    def row(self, network, mode, dataflow, runs, original=True, traces=False):
        """One line of the table: command line and inside, ours, the original's, ratios."""
        topology, size, kb = network
        name = f"{mode}_{dataflow}"
        config = f"{self.folder}/{name}.cfg"
        with open(config, "w", encoding="ascii") as out:
            out.write(_CONFIG.format(name=name, size=size, kb=kb, dataflow=dataflow, mode=mode))
        flag = ["-s", "Y"] if traces else []
        ours = _cpu(
            [
                self.systole,
                "scalesim",
                "-c",
                config,
                "-t",
                topology,
                "-p",
                f"{self.folder}/ours",
                *flag,
            ],
            runs,
        )
        text = f"{mode} {dataflow}{' traces' if traces else ''}"
        text = f"  {text:<15} {_time(ours[0]):>8} {_time(statistics.median(ours)):>8}"
        inside = None
        if not traces:
            out = subprocess.run(
                [self.inside, config, topology], stdout=subprocess.PIPE, check=True, text=True
            ).stdout
            inside, cycles = (
                float(word) * 1e-6 for word in out.split("reports:")[1].split() if word[0].isdigit()
            )
            text += f" {_time(inside):>9} {_time(cycles):>8}"
        if not (self.arguments.original and original):
            print(text, flush=True)
            return
        theirs = f"{self.folder}/theirs"
        os.makedirs(theirs, exist_ok=True)
        if traces:  # its command line writes none
            command = [self.arguments.python, "-c", _ORIGINAL, config, topology, theirs, "Y", "1"]
            whole = _cpu(command, 3, env=self.environment)[0]
            text += f" {'':>18}  {_time(whole):>8} {whole / ours[0]:>7.0f}"
        else:
            script = f"{self.arguments.original}/scalesim/scale.py"
            slow = topology.endswith("resnet50.csv")
            whole = _cpu(
                [self.arguments.python, script, "-c", config, "-t", topology, "-p", theirs],
                1 if slow else 5,
                env=self.environment,
            )[0]
            text += f"  {_time(whole):>8} {whole / ours[0]:>7.0f}"
            if not slow:
                command = [
                    self.arguments.python,
                    "-c",
                    _ORIGINAL,
                    config,
                    topology,
                    f"{self.folder}/inside",
                    "N",
                    "5",
                ]
                quiet = dict(self.environment, TQDM_DISABLE="1")  # no progress bars
                done = subprocess.run(
                    command,
                    env=quiet,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    check=True,
                    text=True,
                )
                within, imports = map(float, done.stdout.split())
                text += f"  {_time(within):>8} {within / inside:>7.0f}"
                text += f" {(whole - imports) / inside:>7.0f}"
        files = sorted(
            os.path.relpath(os.path.join(at, f), theirs)
            for at, _, names in os.walk(f"{theirs}/{name}")
            for f in names
        )
        wrong = filecmp.cmpfiles(theirs, f"{self.folder}/ours", files, shallow=False)
        if wrong[1] or wrong[2] or not files:
            raise SystemExit(
                f"error: {name}: files differ from the original's: {wrong[1] + wrong[2]}"
            )
        print(text + f"  {len(files)} files equal", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument(
        "--bin", default=f"{_ROOT}/build/host", help="build folder (default: build/host)"
    )
    parser.add_argument("--original", help="checkout of SCALE-Sim v2")
    parser.add_argument(
        "--python", default=sys.executable, help="interpreter with the original's packages"
    )
    parser.add_argument("--resnet", action="store_true", help="the original on ResNet-50, too")
    parser.add_argument(
        "--runs", type=int, default=200, help="of our command (default: %(default)s)"
    )
    arguments = parser.parse_args()
    if arguments.original:
        arguments.original = os.path.abspath(arguments.original)
        if not os.path.exists(f"{arguments.original}/scalesim/scale.py"):
            parser.error(
                f"--original {arguments.original}: there is no scalesim/scale.py; give a checkout"
                " of SCALE-Sim v2"
            )
    with tempfile.TemporaryDirectory(prefix="systole-scalesim-") as folder:
        bench = _Bench(arguments, folder)
        os.mkdir(f"{folder}/inside")
        head = f"{'':17} {'command':>8} {'median':>8} {'inside':>9} {'cycles':>8}"
        if arguments.original:
            head += (
                f"  {'original':>8} {'ratio':>7}  {'inside':>8} {'ratio':>7} {'(no imports)':>7}"
            )
        print("SCALE-Sim's answers, CPU time; LeNet-5, 16x16\n" + head)
        lenet = bench.network("lenet5_32", 16, 36)
        for mode in ("CALC", "USER"):
            for dataflow in ("os", "ws", "is"):
                bench.row(lenet, mode, dataflow, arguments.runs)
        for mode, dataflow in (("CALC", "os"), ("CALC", "ws"), ("USER", "is")):
            bench.row(lenet, mode, dataflow, max(arguments.runs // 10, 3), traces=True)
        print("ResNet-50, 32x32")
        resnet = bench.network("resnet50", 32, 64)
        for dataflow in ("os", "ws", "is"):
            bench.row(
                resnet, "CALC", dataflow, max(arguments.runs // 5, 3), original=arguments.resnet
            )


if __name__ == "__main__":
    main()
