"""The netlist as one: cells, registers and memories between numbered nets, for sw/gates; and where
each of them stands, for the power by block."""

import dataclasses
import functools
import re

from . import logic
from .liberty import BadInput
from .netlist import bits


@dataclasses.dataclass
class Placed:
    """A cell of the library, or a memory: its pins' nets (a memory's by name and bit)."""

    kind: str
    name: str
    path: str  # the instance that it is in
    block: str
    nets: dict


@dataclasses.dataclass
class Definition:
    """A module's text, read once: its nets are numbers of its own."""

    ports: dict  # name -> (direction, its nets, lowest bit first)
    count: int
    joined: list  # pairs of nets that an assignment makes one
    instances: list  # (kind, instance, {port: nets, lowest bit first})


def read(text):
    """The Definition of a module's text. Nets 0 and 1 are the constants."""
    declared = re.findall(
        r"^  (wire|input|output) (?:\[(\d+):(\d+)\] )?(\\\S+|\w+) ?;", text, re.M
    )
    ranges, numbers, ports = {}, {"1'b0": 0, "1'b1": 1, "1'bx": 0, "1'bz": 0}, {}
    for way, high, low, name in declared:
        if high:
            ranges[name] = (int(high), int(low))
        names = bits(name, ranges)
        for bit in names:
            numbers.setdefault(bit, len(numbers) - 2)
        if way != "wire":
            ports[name] = (way, [numbers[bit] for bit in reversed(names)])

    def nets(expression):
        found = numbers.get(expression)
        if found is not None:
            return [found]
        return [numbers[bit] for bit in reversed(bits(expression, ranges))]

    joined = []
    for left, right in re.findall(r"^  assign (.*?) = (.*?);$", text, re.M):
        joined += zip(nets(left), nets(right), strict=True)
    instances = []
    for kind, name, inside in re.findall(
        r"^  (\w+) +(\\\S+|\w+) +\(\n(.*?)^  \);$", text, re.M | re.S
    ):
        pins = re.findall(r"^    \.(\w+)\((.*)\),?$", inside, re.M)
        wired = {pin: nets(expression) for pin, expression in pins}
        instances.append((kind, name.lstrip("\\"), wired))
    return Definition(ports, len(numbers) - 2, joined, instances)


class Flat:
    """The netlist of `top` and all in it: `cells` and `memories` (of Placed), `clock`, `ports`."""

    def __init__(self, netlist, top, library):
        self.library = library
        self.netlist = netlist
        self.boxes = {memory.name: memory for memory in netlist.memories}
        self.cells, self.memories = [], []
        self.above = [0, 1]  # a net -> one that it is joined to
        self.definitions = {}
        definition = self.definition(top)
        given = {name: [self.new() for _ in nets] for name, (_, nets) in definition.ports.items()}
        self.ports = {name: (definition.ports[name][0], nets) for name, nets in given.items()}
        self.place(top, top, given)
        for placed in self.cells + self.memories:
            placed.nets = {pin: self.find(net) for pin, net in placed.nets.items()}

    def definition(self, module):
        if module not in self.definitions:
            text = (self.netlist.folder / f"{module}.v").read_text()
            self.definitions[module] = read(text)
        return self.definitions[module]

    def new(self):
        self.above.append(len(self.above))
        return len(self.above) - 1

    def find(self, net):
        while self.above[net] != net:
            self.above[net] = self.above[self.above[net]]
            net = self.above[net]
        return net

    def join(self, one, other):
        one, other = sorted((self.find(one), self.find(other)))
        self.above[other] = one

    def place(self, module, path, given):
        """An instance of the module, its ports' nets given."""
        definition = self.definition(module)
        block = self.netlist.modules[module].block
        ours = {0: 0, 1: 1}
        for name, nets in given.items():
            for inner, outer in zip(definition.ports[name][1], nets, strict=True):
                ours[inner] = outer

        def outside(net):
            if net not in ours:
                ours[net] = self.new()
            return ours[net]

        for left, right in definition.joined:
            self.join(outside(left), outside(right))
        for kind, instance, pins in definition.instances:
            wired = {pin: [outside(net) for net in nets] for pin, nets in pins.items()}
            if kind in self.boxes:
                nets = {
                    f"{pin}[{i}]": net for pin, many in wired.items() for i, net in enumerate(many)
                }
                self.memories.append(Placed(kind, instance, path, block, nets))
            elif kind in self.library.cells:
                nets = {pin: many[0] for pin, many in wired.items()}
                for pin in self.library.cells[kind].outputs:
                    if pin not in nets:
                        nets[pin] = self.new()
                self.cells.append(Placed(kind, instance, path, block, nets))
            else:
                self.place(kind, f"{path}/{instance}", wired)

    def clocks(self, clock="clk_i"):
        """Nets that carry the clock, through clock gates or not."""
        cells = self.library.cells
        gated = {p.nets[cells[p.kind].gate["out"]] for p in self.cells if cells[p.kind].gate}
        return gated | {self.find(net) for net in self.ports.get(clock, ("", []))[1]}

    def text(self, clock="clk_i"):
        """What sw/gates reads."""
        lines = []
        for placed in self.cells:
            lines += self.cell_lines(placed)
        for placed in self.memories:
            lines.append(self.memory_line(placed))
        for name, (way, nets) in self.ports.items():
            for bit, net in enumerate(nets):
                lines.append(f"{way} {name} {bit} {self.find(net)}")
        root = self.find(self.ports[clock][1][0]) if clock in self.ports else 0
        return "\n".join([f"nets {len(self.above)}", f"clock {root}", *lines, ""])

    def cell_lines(self, placed):
        cell = self.library.cells[placed.kind]
        if cell.gate:
            pins = cell.gate
            nets = [placed.nets[pins[use]] for use in ("out", "clock", "enable")]
            return ["clockgate " + " ".join(map(str, nets))]
        if not cell.sequential:
            return [
                self.gate_line(placed.nets[pin], function, placed)
                for pin, function in cell.outputs.items()
            ]
        return self.register_lines(placed, cell)

    def gate_line(self, out, function, placed):
        if function is None:
            raise BadInput(f"{placed.kind}: an output without a function; its power is not known")
        table, nets = truth(function, placed.nets)
        return f"gate {out} {table:x} " + " ".join(map(str, nets))

    def register_lines(self, placed, cell):
        """A register's state is a net of its own; gates make its outputs and what it takes."""
        state, lines = self.new(), []
        found = {"next_state": 0, "clear": 0, "preset": 0}
        for name in found:
            function = cell.register.get(name)
            if not function:
                continue
            if function in placed.nets:
                found[name] = placed.nets[function]
                continue
            found[name] = self.new()
            lines.append(self.gate_line(found[name], function, placed))
        clock = cell.register.get("clocked_on", "").strip()
        if clock not in placed.nets:
            raise BadInput(f"{placed.kind}: no register of a rising edge; its power is not known")
        nets = {**placed.nets, cell.register["state"]: state}
        for pin, function in cell.outputs.items():
            inverse = cell.register["inverse"]
            text = re.sub(rf"\b{inverse}\b", f"(!{cell.register['state']})", function or "")
            table, inputs = truth(text, nets)
            lines.append(f"gate {placed.nets[pin]} {table:x} " + " ".join(map(str, inputs)))
        values = [state, found["next_state"], placed.nets[clock], found["clear"], found["preset"]]
        return ["register " + " ".join(map(str, values)), *lines]

    def memory_line(self, placed):
        memory = self.boxes[placed.kind]

        def port(name, width):
            return [placed.nets.get(f"{name}[{bit}]", 0) for bit in range(width)]

        address = memory.address_bits
        numbers = [memory.depth, address, memory.width]
        numbers += port("clk_i", 1) + port("we_i", 1) + port("re_i", 1)
        numbers += port("waddr_i", address) + port("raddr_i", address)
        read = [placed.nets.get(f"rdata_o[{bit}]") for bit in range(memory.width)]
        numbers += port("wdata_i", memory.width)
        numbers += [self.new() if net is None else net for net in read]
        return "memory " + " ".join(map(str, numbers))


def truth(function, nets):
    """(table, the nets of its inputs): bit i of the table where input k is bit k of i."""
    table, pins = table_of(function)
    return table, [nets[pin] for pin in pins]


@functools.lru_cache(maxsize=None)
def table_of(function):
    pins = sorted(set(re.findall(r"[A-Za-z_]\w*", function)))
    if len(pins) > 6:
        raise BadInput(f"a function of more than six inputs: {function}")
    values = logic.table(function, list(reversed(pins)))
    return sum(value << i for i, value in enumerate(values)), pins
