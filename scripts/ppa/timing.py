"""OpenSTA: the longest path of the whole netlist and of each block by itself."""

import dataclasses
import re
import subprocess

from .liberty import BadInput

LONG = 1000  # FO4s of the clock with which paths are measured: no path is longer


@dataclasses.dataclass
class Path:
    ns: float
    start: str
    end: str


def run(script, work, name):
    path = work / f"{name}.tcl"
    path.write_text(script + "\nexit\n")
    done = subprocess.run(
        ["sta", "-no_splash", "-exit", path], capture_output=True, text=True, check=False
    )
    output = done.stdout + done.stderr
    (work / f"{name}.log").write_text(output)
    told = re.search(r"^Error:? (.*)", output, re.M)
    if told or done.returncode != 0:
        raise BadInput(f"OpenSTA: {told[1] if told else 'failed'}; see {work}/{name}.log")
    return output


def fo4(library, work):
    """Delay of an inverter that drives four, in ns."""
    return inverter(library, work)[0]


def inverter(library, work):
    """(delay in ns, slew in the library's unit) of an inverter that drives four: the middle of a
    chain, rise and fall."""
    pin_in, (pin_out,) = next(iter(library.inverter.inputs)), library.inverter.outputs
    lines = ["module chain (a, y);", "input a; output y;", "wire n0, n1, n2, n3, n4, n5;"]
    lines.append("assign n0 = a;")
    for stage in range(5):
        for copy in range(4):
            out = f"n{stage + 1}" if copy == 0 else f"d{stage}_{copy}"
            lines.append(f"wire {out};" if copy else "")
            lines.append(
                f"{library.inverter.name} i{stage}_{copy} (.{pin_in}(n{stage}), .{pin_out}({out}));"
            )
    lines += ["assign y = n5;", "endmodule", ""]
    (work / "chain.v").write_text("\n".join(line for line in lines if line))
    output = run(
        f"""read_liberty {library.path}
read_verilog {work}/chain.v
link_design chain
create_clock -name c -period 1000
set_input_delay 0 -clock c [get_ports a]
set_output_delay 0 -clock c [get_ports y]
report_checks -path_delay max -fields {{slew}} -digits 6""",
        work,
        "fo4",
    )
    stages = re.findall(r"^ *([\d.]+) +([\d.]+) +[\d.]+ +[v^] i\d_0/", output, re.M)
    if len(stages) < 5:
        raise BadInput(f"OpenSTA: no path through inverters; see {work}/fo4.log")
    slew, delay = ((float(a) + float(b)) / 2 for a, b in zip(stages[2], stages[3]))
    return delay * library.time_ns, slew


def block_script(netlist, top, period):
    """Linking forgets the modules that are not in the design: each block reads its own."""
    read = "\n".join(
        f"read_verilog {netlist.folder}/{name}.v" for name in sorted(netlist.below(top))
    )
    return f"""{read}
link_design {top}
set clocks [get_ports -quiet clk_i]
if {{$clocks == ""}} {{
  create_clock -name clk -period {period:.6g}
}} else {{
  create_clock -name clk -period {period:.6g} $clocks
}}
set reset [get_ports -quiet rst_ni]
if {{$reset != ""}} {{ set_false_path -from $reset }}
foreach port [all_inputs] {{
  set name [get_property $port full_name]
  if {{$name != "clk_i"}} {{ set_input_delay 0 -clock clk $port }}
}}
set_output_delay 0 -clock clk [all_outputs]
puts "== {top}"
report_checks -path_delay max -format full -digits 4"""


def paths(netlist, blocks, library, memory_liberty, fo4_ns, work):
    """Module name -> its longest path: from a register, memory or input, to another or an output,
    inputs there at time 0."""
    period = LONG * fo4_ns / library.time_ns
    head = [f"read_liberty {library.path}", f"read_liberty {memory_liberty}"]
    parts = [block_script(netlist, block, period) for block in blocks]
    output = run("\n".join(head + parts), work, "timing")
    found = {}
    for part in output.split("== ")[1:]:
        name = part.split("\n", 1)[0].strip()
        slack = re.search(r"([-\d.]+) +slack", part)
        start = re.search(r"Startpoint: (\S+)", part)
        end = re.search(r"Endpoint: (\S+)", part)
        if slack and start and end:
            ns = (period - float(slack[1])) * library.time_ns
            found[name] = Path(ns, start[1], end[1])
    return found
