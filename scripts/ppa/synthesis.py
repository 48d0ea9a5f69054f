"""Yosys: a module of rtl/ with its parameters to a netlist of the library's cells.

Blocks keep their names; what is inside a block and is no block itself is dissolved in it. Memories
(systole_sram) stay boxes. ABC sizes and buffers for the period that is asked for; blocks that
are slower then are mapped once more, for speed.
"""

import collections
import dataclasses
import pathlib
import re
import subprocess

from . import mapping, memories, netlist
from .liberty import BadInput

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# What the tables know by name, without systole_.
BLOCKS = """csr control counters progress fetch ls_check matmul_check rs_check post_check queue
  engine_frame tokens load store burst_walker act_buffer matmul_control gather weight_buffer
  row_memory array elements accumulators post post_walker post_source post_operands post_lane
  post_add requantize requantize_mul param_buffer matmul rs_matmul rs_control rs_array rs_row rs_pe
  rs_accumulators top""".split()


@dataclasses.dataclass
class Module:
    name: str
    block: str  # without systole_ and without the numbers of further parameter sets
    cells: collections.Counter  # library cells and memories
    inside: list  # (instance, module name)


@dataclasses.dataclass
class Netlist:
    top: str
    folder: pathlib.Path  # a file for each module
    modules: dict  # name -> Module
    memories: list
    names: dict  # Yosys's module name -> here

    def below(self, name):
        """The module and all that are in it."""
        found = {name}
        for _, kind in self.modules[name].inside:
            found |= self.below(kind)
        return found


def script(files, top, parameters, work, library):
    """Yosys's commands from the RTL to gates and registers of the library."""
    sets = " ".join(f"-set {name} {value}" for name, value in parameters.items())
    kept = " ".join(f"*systole_{block}" for block in BLOCKS)
    kept += " " + " ".join(f"*systole_{block}\\\\*" for block in BLOCKS)
    return f"""read_verilog -sv -I{ROOT}/rtl/common {files}
{f"chparam {sets} {top}" if sets else ""}
hierarchy -check -top {top}
proc
select -none
select -add *systole_sram
select -add *systole_sram\\\\*
write_rtlil -selected {work}/memories.il
select -clear
blackbox *systole_sram *systole_sram\\\\*
select -module {top}
select -clear
setattr -mod -set keep_hierarchy 1 {kept}
flatten
opt_clean -purge
synth -top {top} -run coarse:fine
memory_map
opt -undriven -fine
{f"techmap -map {work}/cells.v" if (work / "cells.v").read_text() else ""}
techmap
opt -fast
dfflibmap -liberty {library.path}
opt -fast
opt_clean -purge
write_rtlil {work}/gates.il
"""


def modules(texts, library, boxes):
    """Module name -> Module, of the netlist's texts."""
    found = {}
    for name, text in texts.items():
        cells, inside = collections.Counter(), []
        for kind, instance in re.findall(r"^  (\w+) +(\\\S+|\w+) +\($", text, re.M):
            if kind in library.cells or kind in boxes:
                cells[kind] += 1
            elif kind not in ("assign", "wire"):
                inside.append((instance.lstrip("\\"), kind))
        block = re.sub(r"^systole_|__\d+$", "", re.sub(r"__\d+$", "", name))
        found[name] = Module(name, block, cells, inside)
    return found


# Yosys's own for cells with areas and delays; and one for blocks that it leaves too slow: it makes
# no chains of trees, at some area.
SMALL = """strash; &get -n; &fraig -x; &put; scorr; dc2; strash; &get -n; &dch -f; &nf -D {period}
&put; buffer; upsize -D {period}; dnsize -D {period}
"""
FAST = """strash; &get -n; &fraig -x; &put; scorr; dch -f; map -B 0.9 -D {period}; topo; buffer -c
topo; upsize -D {period}; dnsize -D {period}
"""


def yosys(script, work, name):
    (work / f"{name}.ys").write_text(script)
    done = subprocess.run(
        ["yosys", "-q", "-l", work / f"{name}.log", work / f"{name}.ys"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        told = re.search(r"ERROR: (.*)", done.stderr + done.stdout)
        raise BadInput(f"Yosys: {told[1] if told else 'failed'}; see {work}/{name}.log")


def mapped(library, work, name):
    """Yosys's commands from gates to cells."""
    return f"""abc -liberty {library.path} -constr {work}/abc.constr -script {work}/{name}.abc
opt_clean -purge
setundef -zero
write_verilog -noattr -noexpr -nohex -nodec {work}/{name}.v
"""


def synthesize(top, parameters, work, library, period_ps):
    listed = re.findall(r"^([a-z0-9_/]*\.sv)$", (ROOT / "rtl/files.f").read_text(), re.M)
    files = " ".join(f"{ROOT}/rtl/{name}" for name in listed)
    load = 4 * max(library.drive.inputs.values()) * library.cap_ff
    (work / "abc.constr").write_text(
        f"set_driving_cell {library.drive.name}\nset_load {load:.3f} [all_outputs]\n"
    )
    for name, commands in (("small", SMALL), ("fast", FAST)):
        (work / f"{name}.abc").write_text(commands.format(period=f"{period_ps:.0f}"))
    (work / "cells.v").write_text(mapping.verilog(library))
    gates = script(files, top, parameters, work, library)
    yosys(gates + mapped(library, work, "small"), work, "small")
    boxes = memories.in_netlist((work / "memories.il").read_text())
    text = (work / "small.v").read_text()
    names = {module: memory.name for module, memory in boxes.items()}
    names = netlist.plain_names(text) | names
    texts = netlist.split_modules(netlist.renamed(text, names))
    folder = work / "netlist"
    folder.mkdir(exist_ok=True)
    for name, module in texts.items():
        (folder / f"{name}.v").write_text(module)
    found = modules(texts, library, {memory.name for memory in boxes.values()})
    return Netlist(top, folder, found, sorted(set(boxes.values()), key=str), names)


def synthesized(top, work, library):
    """The netlist that is in the folder already."""
    boxes = memories.in_netlist((work / "memories.il").read_text())
    texts = {path.stem: path.read_text() for path in (work / "netlist").glob("*.v")}
    found = modules(texts, library, {memory.name for memory in boxes.values()})
    return Netlist(top, work / "netlist", found, sorted(set(boxes.values()), key=str), {})


def again(whole, slow, work, library):
    """Maps these modules again, for speed: their texts by name."""
    theirs = {plain: name for name, plain in whole.names.items()}
    kept = " ".join(f"{theirs[name]} %d" for name in slow)
    commands = f"""read_rtlil {work}/gates.il
select * {kept}
delete
select -clear
""" + mapped(library, work, "fast")
    yosys(commands, work, "fast")
    return netlist.split_modules(netlist.renamed((work / "fast.v").read_text(), whole.names))


def replace(whole, texts, library):
    """Puts the modules into the netlist."""
    for name, text in texts.items():
        (whole.folder / f"{name}.v").write_text(text)
    boxes = {memory.name for memory in whole.memories}
    whole.modules |= modules(texts, library, boxes)
