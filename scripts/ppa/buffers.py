"""Buffers behind outputs that drive many blocks: ABC sizes block by block, for a small load.

An output whose cell has more than SHARE of its greatest load to drive, and some of it in other
blocks, gets the smallest buffer that has less than that; what is in the block itself stays in front
of it. Clocks are left alone.
"""

import re

from . import liberty, power
from .flat import Flat

SHARE = 0.25


def strength(cell):
    """The greatest load of its output, in the library's unit; None where none is said."""
    return liberty.number(cell.body, "max_capacitance")


def buffers(library):
    """[(strength, name, input, output)], the weakest first."""
    found = []
    for cell in library.cells.values():
        named = re.search("clk|dly|delay", cell.name.lower())
        if cell.tables() == [(0, 1)] and not named and strength(cell):
            found.append((strength(cell), cell.name, *cell.inputs, *cell.outputs))
    return sorted(found)


def places(netlist, name, path):
    """Path of an instance -> its module."""
    found = {path: name}
    for instance, kind in netlist.modules[name].inside:
        found |= places(netlist, kind, f"{path}/{instance}")
    return found


def heavy(flat):
    """Module -> {(port, bit): the load outside of the block}."""
    library, loads, clocks = flat.library, power.loads(flat, flat.library), flat.clocks()
    own = {}  # (net, path) -> load in the instance itself
    for placed in flat.cells:
        for pin, capacitance in library.cells[placed.kind].inputs.items():
            if pin in placed.nets:
                key = placed.nets[pin], placed.path
                own[key] = own.get(key, 0.0) + capacitance
    modules = places(flat.netlist, flat.netlist.top, flat.netlist.top)
    found = {}
    for placed in flat.cells:
        most = strength(library.cells[placed.kind])
        for pin in library.cells[placed.kind].outputs:
            net = placed.nets[pin]
            outside = loads[net] - own.get((net, placed.path), 0.0)
            if not most or net in clocks or outside <= 0.01 * most or loads[net] <= SHARE * most:
                continue
            module = modules[placed.path]
            ports = found.setdefault(module, {})
            for port in ports_of(flat.definition(module), placed.name, pin):
                ports[port] = max(outside, ports.get(port, 0.0))
    return {module: ports for module, ports in found.items() if ports}


def ports_of(definition, instance, pin):
    """Outputs of the module that this cell drives: (name, bit)."""
    above = {}

    def root(net):
        while net in above:
            net = above[net]
        return net

    for one, other in definition.joined:
        if root(one) != root(other):
            above[root(one)] = root(other)
    driven = [root(pins[pin][0]) for _, name, pins in definition.instances if name == instance]
    return [
        (port, bit)
        for port, (way, nets) in definition.ports.items()
        if way == "output"
        for bit, net in enumerate(nets)
        if root(net) in driven
    ]


def with_buffers(text, ports, choices):
    """The module's text: in its inside port P is P_inside."""
    for port in sorted({port for port, _ in ports}):
        declared = re.search(rf"^  output (?:\[(\d+):(\d+)\] )?{port} ?;\n", text, re.M)
        head = text[: text.index(";") + 1]
        kept = rf"^  (?:output|wire) (?:\[\d+:\d+\] )?{port} ?;\n"
        body = "".join(re.split(kept, text[len(head) :], flags=re.M))
        body = re.sub(rf"(?<![.\\\w]){port}(?!\w)", f"{port}_inside", body)
        size = f"[{declared[1]}:{declared[2]}] " if declared[1] else ""
        lines = [f"  output {size}{port};", f"  wire {size}{port};", f"  wire {size}{port}_inside;"]
        last = []
        low = int(declared[2]) if declared[1] else 0
        for bit in range(int(declared[1]) - low + 1 if declared[1] else 1):
            index = f"[{bit + low}]" if declared[1] else ""
            if (port, bit) not in ports:
                last.append(f"  assign {port}{index} = {port}_inside{index};")
                continue
            fits = [one for one in choices if SHARE * one[0] >= ports[port, bit]] or choices[-1:]
            _, cell, pin, out = fits[0]
            last += [f"  {cell} {port}_buffer_{bit} (", f"    .{pin}({port}_inside{index}),"]
            last += [f"    .{out}({port}{index})", "  );"]
        end = body.rindex("endmodule")
        text = "\n".join([head, *lines, body[:end].strip("\n"), *last, body[end:]])
    return text


def texts(netlist, library):
    """The modules that need buffers, with them."""
    choices = buffers(library)
    if not choices or not netlist.modules[netlist.top].inside:
        return {}
    found = heavy(Flat(netlist, netlist.top, library))
    return {
        module: with_buffers((netlist.folder / f"{module}.v").read_text(), ports, choices)
        for module, ports in found.items()
    }
