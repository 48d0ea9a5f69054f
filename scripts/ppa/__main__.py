"""Silicon figures of the accelerator by Yosys and OpenSTA (docs/silicon.md).

    python3 -m ppa [--lib FILE] [--top MODULE] [--period NS] [--trace [NAME=]FST] [--out DIR]
                   [NAME=VALUE ...]

Writes report.json and report.html into DIR and prints the table.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys

from . import activity, buffers, figures, memories, page, synthesis, timing
from .liberty import BadInput, Library

DEFAULT_LIBRARY = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib"
GATES = synthesis.ROOT / "build/host/sw/gates/systole-gates"
PERIOD_FO4 = 70  # that ABC sizes for, unless one is given


def parameters_of(words, top):
    path = next((synthesis.ROOT / "rtl").rglob(f"{top}.sv"), None)
    if path is None:
        raise BadInput(f"--top {top}: rtl/ has no such module")
    known = re.findall(r"^ *parameter (?:int|bit) (\w+) *=", path.read_text(), re.M)
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            raise BadInput(f"{word}: no parameter of {top}; it has {' '.join(known) or 'none'}")
        if not re.fullmatch(r"\d+", value):
            raise BadInput(f"{word}: the value is a number")
        found[name] = int(value)
    return found


def version():
    """Of the RTL: git's name of the folder's contents; empty outside of a clone."""

    def git(*words):
        command = ["git", "-C", synthesis.ROOT, *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return ""
        return done.stdout.strip()

    changed = "-dirty" if git("status", "--porcelain", "--", "rtl") else ""
    return git("rev-parse", "--short", "HEAD:rtl") + changed


def report(top, parameters, library, period_ns, work, traces=(), gates=GATES):
    """Synthesizes and measures; the figures as a dictionary. The power is that at the clock of the
    whole's longest path."""
    fo4, slew = timing.inverter(library, work)
    period_ns = period_ns or PERIOD_FO4 * fo4
    netlist = synthesis.synthesize(top, parameters, work, library, 1000 * period_ns)
    boxes = work / "memories.lib"
    boxes.write_text(memories.liberty(netlist.memories, library, fo4))
    paths = timing.paths(netlist, list(netlist.modules), library, boxes, fo4, work)
    # Paths through blocks inside a block are not its own: those with blocks inside stay.
    slow = [
        name
        for name, path in paths.items()
        if path.ns > period_ns and not netlist.modules[name].inside
    ]
    if slow:
        texts = synthesis.again(netlist, slow, work, library)
        synthesis.replace(netlist, texts, library)
    if heavy := buffers.texts(netlist, library):
        synthesis.replace(netlist, heavy, library)
    if slow or heavy:
        paths = timing.paths(netlist, list(netlist.modules), library, boxes, fo4, work)
    rows = figures.blocks(netlist, library, paths)
    whole = paths[top]
    areas = figures.tree(netlist, library)
    return {
        "top": top,
        "version": version(),
        "parameters": parameters,
        "library": library.name,
        "fo4_ps": round(1000 * fo4, 3),
        "nand2_um2": library.nand2.area,
        "gated": library.gate is not None,
        "period_ns": round(period_ns, 4),
        "total": {
            "cells": round(sum(row["cells"] for row in rows), 1),
            "memories": round(sum(row["memories"] for row in rows), 1),
            "flops": sum(row["flops"] for row in rows),
            "ns": round(whole.ns, 4),
            "from": whole.start,
            "to": whole.end,
        },
        "blocks": rows,
        "memories": [
            {
                "words": memory.depth,
                "bits": memory.width,
                "um2": round(memory.area(library), 1),
                "access_ns": round(memory.access_ns(fo4), 4),
                "access_pj": round(memory.energy_pj(library), 4),
                "leakage_nw": round(memory.leakage_nw(library), 1),
            }
            for memory in netlist.memories
        ],
        "tree": areas,
        "power": activity.measure(netlist, areas, library, slew, whole.ns, traces, gates, work),
    }


def write(figured, folder):
    (folder / "report.json").write_text(json.dumps(figured, indent=1) + "\n")
    (folder / "report.html").write_text(page.html(figured))
    for measured in figured["power"]:
        print(activity.table(measured))
    print(f"{folder}/report.json, {folder}/report.html")


def power_of(arguments, traces):
    """Adds the power of these runs to a report that is there."""
    if not traces or arguments.parameter or arguments.period is not None:
        raise BadInput("--synthesized: needs --trace, and takes neither --period nor parameters")
    try:
        figured = json.loads((arguments.out / "report.json").read_text())
        library = Library(arguments.lib)
        netlist = synthesis.synthesized(figured["top"], arguments.out, library)
    except (OSError, ValueError) as error:
        raise BadInput(f"{arguments.out}: no design of make ppa: {error}") from None
    if library.name != figured["library"] or figured["top"] != arguments.top:
        raise BadInput(
            f"{arguments.out}: holds {figured['top']} in {figured['library']}, "
            f"not {arguments.top} in {library.name}"
        )
    slew = timing.inverter(library, arguments.out)[1]
    figured["power"] = activity.measure(
        netlist,
        figured["tree"],
        library,
        slew,
        figured["total"]["ns"],
        traces,
        arguments.gates,
        arguments.out,
    )
    write(figured, arguments.out)
    return 0


def main():
    parser = argparse.ArgumentParser(prog="ppa", description=__doc__.splitlines()[0])
    parser.add_argument("--lib", default=DEFAULT_LIBRARY, help="liberty file (.gz too)")
    parser.add_argument("--top", default="systole_top", help="a module of rtl/")
    parser.add_argument("--period", type=float, help="ns that cells are sized for")
    parser.add_argument(
        "--trace",
        action="append",
        default=[],
        metavar="[NAME=]FST",
        help="a run of this configuration, from reset on: its power, too; more than once",
    )
    parser.add_argument(
        "--synthesized", action="store_true", help="with --trace: the design is in --out already"
    )
    parser.add_argument("--gates", type=pathlib.Path, default=GATES, help="the program of sw/gates")
    parser.add_argument("--out", type=pathlib.Path, default=synthesis.ROOT / "build/ppa")
    parser.add_argument("parameter", nargs="*", help="NAME=VALUE")
    arguments = parser.parse_args()
    try:
        for tool, package in (("yosys", "yosys"), ("sta", "opensta")):
            if not shutil.which(tool):
                raise BadInput(f"{tool} is not installed; scripts/setup.sh ppa installs {package}")
        if arguments.period is not None and not arguments.period > 0:
            raise BadInput("--period: more than 0 ns")
        traces = [activity.named_trace(word) for word in arguments.trace]
        if traces and arguments.top != "systole_top":
            raise BadInput("--trace: it is of a run of systole_top; leave --top out")
        if arguments.synthesized:
            return power_of(arguments, traces)
        parameters = parameters_of(arguments.parameter, arguments.top)
        arguments.out.mkdir(parents=True, exist_ok=True)
        library = Library(arguments.lib)
        figured = report(
            arguments.top,
            parameters,
            library,
            arguments.period,
            arguments.out,
            traces,
            arguments.gates,
        )
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(figures.table(figured))
    write(figured, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
