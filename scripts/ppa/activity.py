"""A traced run on the netlist (sw/gates), and the power that it takes, by block."""

import pathlib
import subprocess

from . import flat, power
from .liberty import BadInput

SCOPE = "TOP.systole_tb.u_top"  # of the accelerator in a trace
RUN = "gen_accelerator.u_control.run_o"  # 1 in the cycles of a run


def replay(flattened, trace, gates, work, name, scope=SCOPE, window=RUN, more=()):
    """What sw/gates counts, as text; refused where an output of the netlist is not the trace's."""
    netlist, counts = work / "netlist.gates", work / f"{name}.counts"
    netlist.write_text(flattened.text())
    command = [gates, netlist, trace, "--scope", scope, "-o", counts]
    command += [*(["--while", window] if window else []), *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BadInput(f"{gates}: {error.strerror}; make ppa POWER=yes builds it") from None
    if done.returncode == 1:
        raise BadInput(f"{trace}: the netlist's outputs are not those of this run: {done.stdout}")
    if done.returncode != 0:
        raise BadInput(done.stderr.removeprefix("error: ").strip())
    return counts.read_text(), done.stdout.strip().split("\n", 1)[0]


def named_trace(word):
    """NAME=FILE, or FILE."""
    name, equals, path = word.partition("=")
    path = pathlib.Path(path if equals else word)
    if not path.is_file():
        raise BadInput(f"--trace {word}: no such file; systole run --trace-from-reset writes it")
    return (name if equals else path.stem), path


def tree(node, found, path=None):
    """A tree as figures.tree's with uW in place of um2."""
    path = f"{path}/{node['instance']}" if path else node["instance"]
    mine = found.get(path, dict.fromkeys(power.KINDS, 0.0))
    return {
        "instance": node["instance"],
        "block": node["block"],
        "cells": round(mine["internal"] + mine["switching"] + mine["clock"], 4),
        "memories": round(mine["memories"], 4),
        "inside": [tree(inner, found, path) for inner in node["inside"]],
    }


def blocks(node, found, rows=None, path=None):
    """Block -> {kind: uW}, of all its instances."""
    rows = {} if rows is None else rows
    path = f"{path}/{node['instance']}" if path else node["instance"]
    row = rows.setdefault(node["block"], dict.fromkeys(power.KINDS, 0.0))
    for kind, value in found.get(path, {}).items():
        row[kind] += value
    for inner in node["inside"]:
        blocks(inner, found, rows, path)
    return rows


def measure(netlist, areas, library, slew, period_ns, traces, gates, work):
    """The report's `power`: of each (name, trace), at this clock period."""
    reports = []
    for number, (name, trace) in enumerate(traces):
        flattened = flat.Flat(netlist, netlist.top, library)
        text, told = replay(flattened, trace, gates, work, f"run{number}")
        changes = power.Activity(text, len(flattened.above), flattened.clocks())
        found = power.by_instance(flattened, changes, library, slew, period_ns)
        rows = blocks(areas, found)
        total = {kind: sum(row[kind] for row in rows.values()) for kind in power.KINDS}
        whole = sum(total.values())
        reports.append(
            {
                "workload": name,
                "compared": told,
                "cycles": changes.cycles,
                "period_ns": round(period_ns, 4),
                "mw": round(whole / 1000, 4),
                "pj_a_cycle": round(whole * period_ns / 1000, 4),
                "uw": {kind: round(value, 3) for kind, value in total.items()},
                "blocks": {
                    block: {kind: round(value, 3) for kind, value in row.items()}
                    for block, row in sorted(rows.items(), key=lambda r: -sum(r[1].values()))
                },
                "tree": tree(areas, found),
            }
        )
    return reports


def table(report):
    """One workload's power as text."""
    kinds = "".join(f"{kind:>12}" for kind in power.KINDS)
    lines = [
        f"power, {report['workload']}: {report['compared']}",
        f"{'block, mW':<16}{kinds}{'all':>12}{'share':>8}",
    ]
    for block, row in [*report["blocks"].items(), ("total", report["uw"])]:
        whole = sum(row.values())
        each = "".join(f"{row[kind] / 1000:>12.4f}" for kind in power.KINDS)
        share = 100 * whole / 1000 / report["mw"] if report["mw"] else 0
        lines.append(f"{block:<16}{each}{whole / 1000:>12.4f}{share:>7.1f}%")
    run_us = report["cycles"] * report["period_ns"] / 1000
    energies = {kind: uw * run_us / 1e6 for kind, uw in report["uw"].items()}
    lines.append(
        f"{report['cycles']} cycles of {report['period_ns']:.3f} ns: {report['pj_a_cycle']:.1f} pJ "
        f"a cycle, {report['pj_a_cycle'] * report['cycles'] / 1e6:.4f} uJ (no wires, no glitches): "
        + ", ".join(f"{kind} {energy:.4f}" for kind, energy in energies.items())
    )
    return "\n".join(lines)
