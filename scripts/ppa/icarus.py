"""A block's netlist in Icarus, in the cells' own Verilog models, driven by the inputs of a run: how
often each cell's outputs change, with the models' delays or without.

    python3 -m ppa.icarus --top systole_elements --scope gen_matmul...u_elements --trace RUN.fst
                          --cycles 10000:300 [--lib FILE] [--period NS] [NAME=VALUE ...]

prints both numbers, and that of changes from one cycle to the next, which is what sw/gates counts:
the rest are glitches. FILE.v beside the liberty file has the models.
"""

import argparse
import collections
import pathlib
import subprocess
import sys

from . import activity, flat, synthesis
from .liberty import BadInput, Library

CYCLE = 200  # ns of the bench, more than any path


def bench(module, ports, lines, work):
    """Verilog that gives a line of bits to the block's inputs at each rising edge. `ports`: (name,
    bits) of all inputs but the clock, in the order of a line, a port's lowest bit first."""
    place, wires = sum(size for _, size in ports), []
    width = place
    for name, size in ports:
        picked = [f"line[{place - 1 - bit}]" for bit in range(size)]
        place -= size
        wires.append(f".{name}({{{', '.join(reversed(picked))}}})")
    (work / "lines").write_text("\n".join(lines) + "\n")
    return f"""`timescale 1ns/10ps
module bench;
  reg clk = 0;
  reg [{width - 1}:0] lines [0:{len(lines) - 1}];
  reg [{width - 1}:0] line;
  integer i;
  {module} dut (.clk_i(clk), {", ".join(wires)});
  initial begin
    $readmemb("{work}/lines", lines);
    $dumpfile("{work}/bench.vcd");
    $dumpvars(0, dut);
    for (i = 0; i < {len(lines)}; i = i + 1) begin
      line <= lines[i];
      #{CYCLE / 2} clk <= 0;
      #{CYCLE / 2} clk <= 1;
    end
    #1 $finish;
  end
endmodule
"""


def counted(file, first):
    """(cell, pin) -> [its changes from one cycle to the next, all its changes] in a VCD, in the
    cycles from `first` on; X counts as a value."""
    scopes, names, values = [], collections.defaultdict(list), {}
    before, clock, cycle, step = {}, None, 0, {}
    settled, every = collections.Counter(), collections.Counter()

    def end():
        """The changes of one time are known; `before`: of the last edge, when all had settled."""
        nonlocal before, cycle
        if step.get(clock) == "1":
            if cycle >= first:
                settled.update(code for code, value in values.items() if before[code] != value)
            before = dict(values)
            cycle += 1
        for code, value in step.items():
            if cycle >= first and values.get(code) != value:
                every[code] += 1
            values[code] = value
        step.clear()

    for line in file:
        kind = line[:1]
        if kind in "01xz":
            step[line[1:].rstrip()] = kind
        elif kind == "#":
            end()
        elif line.startswith("$scope"):
            scopes.append(line.split()[2])
        elif line.startswith("$upscope"):
            scopes.pop()
        elif line.startswith("$var"):
            code, name = line.split()[3:5]
            if len(scopes) == 3:  # bench, dut, a cell
                names[code].append((scopes[2], name))
            elif len(scopes) == 2 and name == "clk_i":
                clock = code
    end()
    return {name: [settled[code], every[code]] for code, both in names.items() for name in both}


def changes(flattened, lines, models, work, delays, first):
    """Of `counted`: the block with these inputs, a line a cycle."""
    ports = [
        (name, len(nets))
        for name, (way, nets) in flattened.ports.items()
        if way == "input" and name != "clk_i"
    ]
    module = flattened.netlist.top
    (work / "bench.v").write_text(bench(module, ports, lines, work))
    files = [work / "bench.v", flattened.netlist.folder / f"{module}.v", models]
    build = ["iverilog", "-g2012", *(["-gspecify"] if delays else []), "-o", work / "bench"]
    try:
        subprocess.run([*build, *files], check=True, capture_output=True)
        subprocess.run([work / "bench"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BadInput(f"Icarus: {error}") from None
    with open(work / "bench.vcd", encoding="ascii") as file:
        return counted(file, first)


def totals(flattened, found):
    """[from one cycle to the next, all] of the cells' outputs."""
    rows = [
        found[cell.name, pin]
        for cell in flattened.cells
        for pin in flattened.library.cells[cell.kind].outputs
        if (cell.name, pin) in found
    ]
    return [sum(row[k] for row in rows) for k in (0, 1)]


SETTLE = 50  # cycles for registers that no reset has seen


def main():
    from . import __main__ as flow  # pylint: disable=import-outside-toplevel

    parser = argparse.ArgumentParser(prog="ppa.icarus", description=__doc__.splitlines()[0])
    parser.add_argument("--lib", default=flow.DEFAULT_LIBRARY)
    parser.add_argument("--top", required=True, help="a module of rtl/ without blocks inside")
    parser.add_argument("--scope", required=True, help="of the block, below the accelerator")
    parser.add_argument("--trace", required=True, help="FST, from reset on")
    parser.add_argument("--cycles", required=True, help="FIRST:COUNT, since reset")
    parser.add_argument("--period", type=float, default=5.0, help="ns that cells are sized for")
    parser.add_argument("--gates", type=pathlib.Path, default=flow.GATES)
    parser.add_argument("--out", type=pathlib.Path, default=synthesis.ROOT / "build/ppa/icarus")
    parser.add_argument("parameter", nargs="*", help="NAME=VALUE")
    given = parser.parse_args()
    try:
        first, colon, count = given.cycles.partition(":")
        if not (colon and first.isdigit() and count.isdigit() and int(count) > SETTLE):
            raise BadInput(f"--cycles {given.cycles}: FIRST:COUNT, COUNT above {SETTLE}")
        parameters = flow.parameters_of(given.parameter, given.top)
        library = Library(given.lib)
        given.out.mkdir(parents=True, exist_ok=True)
        period_ps = 1000 * given.period
        netlist = synthesis.synthesize(given.top, parameters, given.out, library, period_ps)
        block = flat.Flat(netlist, given.top, library)
        inputs = given.out / "inputs"
        scope = f"{activity.SCOPE}.{given.scope}"
        _, told = activity.replay(
            block, given.trace, given.gates, given.out, "block", scope, "", ("--inputs", inputs)
        )
        print(f"{given.top}: {told}")
        lines = inputs.read_text().split()[int(first) :][: int(count)]
        if len(lines) <= SETTLE:
            raise BadInput(f"--cycles {given.cycles}: the trace ends before")
        models = library.path.with_suffix(".v")
        for delays in (False, True):
            found = changes(block, lines, models, given.out, delays, SETTLE)
            settled, every = totals(block, found)
            print(
                f"Icarus, {'delays of the cells' if delays else 'no delays'}: {settled} changes "
                f"from cycle to cycle, {every} in all"
            )
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
