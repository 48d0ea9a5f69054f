"""The memories (systole_sram) as black boxes: a model of area, access time and energy in units of
the library's own cells, and a liberty file of it.

A memory of DEPTH words of WIDTH bits has one read port, one write port and B = WIDTH * DEPTH bits:

    area        0.9 B + 8 WIDTH + 2 DEPTH + 60     two-input NANDs: cells, columns, rows, control
    access      max(6, log2 B)                     FO4 (an inverter that drives four): clock to data
    setup       2                                  FO4
    energy      2.3 B^0.68                         c V^2 an access, c the input of a NAND
    leakage     1.5 B                              NANDs'

docs/silicon.md says what the constants are held to.
"""

import dataclasses
import math
import re

SETUP_FO4 = 2.0
WAYS = ("rise", "fall")


@dataclasses.dataclass(frozen=True)
class Memory:
    width: int
    depth: int

    @property
    def name(self):
        return f"systole_sram_{self.depth}x{self.width}"

    @property
    def bits(self):
        return self.width * self.depth

    @property
    def address_bits(self):
        return max(1, math.ceil(math.log2(self.depth)))

    def area(self, library):
        gates = 0.9 * self.bits + 8 * self.width + 2 * self.depth + 60
        return gates * library.nand2.area

    def access_ns(self, fo4):
        return max(6.0, math.log2(self.bits)) * fo4

    def energy_pj(self, library):
        load = max(library.nand2.inputs.values()) * library.cap_ff
        return 2.3 * self.bits**0.68 * load * library.volt**2 * 1e-3

    def capacitance(self, pin, library):
        """Of an input, in the library's unit: two of a NAND's, the clock ten; outputs none."""
        if pin.startswith("rdata_o"):
            return 0.0
        return (10 if pin.startswith("clk_i") else 2) * max(library.nand2.inputs.values())

    def leakage_nw(self, library):
        return 1.5 * self.bits * library.nand2.leakage * library.leak_nw


def in_netlist(rtlil):
    """Yosys's text of the memory modules -> module name: Memory."""
    found = {}
    for module in re.finditer(r"^module (\S+)\n(.*?)^end$", rtlil, re.S | re.M):
        words = re.search(r"memory width (\d+) size (\d+) \\mem", module[2])
        found[module[1].lstrip("\\")] = Memory(int(words[1]), int(words[2]))
    return found


def liberty(memories, library, fo4):
    """A liberty file of the memories, in the units of `library`."""
    pin_cap = 2 * max(library.nand2.inputs.values())
    setup = SETUP_FO4 * fo4 / library.time_ns

    def bus(name, width):
        kind = f"bits{width}"
        if width == 1:
            return f"pin({name})"
        types[width] = (
            f"type({kind}) {{ base_type : array; data_type : bit; bit_width : {width}; "
            f"bit_from : {width - 1}; bit_to : 0; downto : true; }}"
        )
        return f"bus({name}) {{ bus_type : {kind}; "

    def port(name, width, body):
        head = bus(name, width)
        return head + (" { " if width == 1 else "") + body + " }"

    constraint = (
        f'timing() {{ related_pin : "clk_i"; timing_type : setup_rising; '
        f'rise_constraint(scalar) {{ values("{setup:.6g}"); }} '
        f'fall_constraint(scalar) {{ values("{setup:.6g}"); }} }}'
    )
    types, cells = {}, []
    for m in sorted(set(memories), key=lambda m: (m.depth, m.width)):
        access = m.access_ns(fo4) / library.time_ns
        edges = "".join(
            f'{edge}(scalar) {{ values("{value:.6g}"); }} '
            for edge, value in (
                ("cell_rise", access),
                ("cell_fall", access),
                ("rise_transition", fo4 / library.time_ns),
                ("fall_transition", fo4 / library.time_ns),
            )
        )
        data = (
            f"direction : output; max_capacitance : {100 * pin_cap:.6g}; "
            f'timing() {{ related_pin : "clk_i"; timing_type : rising_edge; {edges}}}'
        )
        taken = f"direction : input; capacitance : {pin_cap:.6g}; {constraint}"
        ports = [
            f"pin(clk_i) {{ direction : input; clock : true; capacitance : {5 * pin_cap:.6g}; }}",
            port("any_i", 1, f"direction : input; capacitance : {pin_cap:.6g};"),
            port("we_i", 1, taken),
            port("re_i", 1, taken),
            port("waddr_i", m.address_bits, taken),
            port("raddr_i", m.address_bits, taken),
            port("wdata_i", m.width, taken),
            port("rdata_o", m.width, data),
        ]
        leakage = m.leakage_nw(library) / library.leak_nw
        cells.append(
            f"cell({m.name}) {{\n  area : {m.area(library):.6g};\n"
            f"  interface_timing : true;\n  cell_leakage_power : {leakage:.6g};\n  "
            + "\n  ".join(ports)
            + "\n}"
        )
    return "\n".join(
        [
            "library(systole_memories) {",
            "delay_model : table_lookup;",
            f'time_unit : "{library.time_text}";',
            'voltage_unit : "1V";',
            'current_unit : "1uA";',
            f'leakage_power_unit : "{library.leak_text}";',
            f"capacitive_load_unit({library.cap_text});",
            f"nom_voltage : {library.volt:g};",
            *(f"{edge}_threshold_pct_{way} : 50;" for edge in ("input", "output") for way in WAYS),
            *(f"slew_lower_threshold_pct_{way} : 20;" for way in WAYS),
            *(f"slew_upper_threshold_pct_{way} : 80;" for way in WAYS),
            *types.values(),
            *cells,
            "}\n",
        ]
    )
