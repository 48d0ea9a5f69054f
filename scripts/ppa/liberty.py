"""What the flow asks of a liberty file: areas, pins, and cells to drive and buffer with."""

import dataclasses
import gzip
import pathlib
import re

from . import logic

PREFIX = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}


class BadInput(Exception):
    """One line for the user: what, where, what to do."""


@dataclasses.dataclass
class Cell:
    name: str
    area: float
    leakage: float
    inputs: dict  # pin -> capacitance
    outputs: dict  # pin -> function
    sequential: bool
    gate: dict  # a clock gate's pins: clock, enable, out; test: tied to 0
    register: dict = dataclasses.field(default_factory=dict)  # of register()
    body: str = ""  # its text

    def tables(self):
        """Truth tables of the outputs, where each is a function of at most three inputs."""
        if self.sequential or not 1 <= len(self.inputs) <= 3 or None in self.outputs.values():
            return []
        return [logic.table(function, list(self.inputs)) for function in self.outputs.values()]


def number(text, name, default=None):
    found = re.search(rf"\b{name}\s*:\s*\"?\s*([-+.\deE]+)", text)
    return float(found[1]) if found else default


def groups(text, kind):
    """(name, body) of the groups of one kind, nested ones of the kind not expected."""
    for found in re.finditer(rf"\b{kind}\s*\(\s*\"?([\w.\[\]]+)\"?\s*\)\s*{{", text):
        depth, end = 1, found.end()
        for brace in re.finditer(r"[{}]", text[found.end() :]):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                end = found.end() + brace.start()
                break
        yield found[1], text[found.end() : end]


def register(body):
    """A register's functions: state and inverse (names in functions), clocked_on, next_state,
    clear, preset; empty for other cells."""
    found = re.search(r"\bff\s*\(\s*\"?(\w+)\"?\s*,\s*\"?(\w+)\"?\s*\)\s*{([^}]*)}", body)
    if not found:
        return {}
    said = re.findall(r"\b(clocked_on|next_state|clear|preset)\s*:\s*\"([^\"]*)\"", found[3])
    return {"state": found[1], "inverse": found[2], **dict(said)}


def cell(name, body):
    inputs, outputs = {}, {}
    for pin, inside in groups(body, "pin"):
        direction = re.search(r"\bdirection\s*:\s*\"?(\w+)", inside)
        if direction and direction[1] == "input":
            inputs[pin] = number(inside, "capacitance", 0.0)
        elif direction and direction[1] == "output":
            function = re.search(r"\bfunction\s*:\s*\"([^\"]*)\"", inside)
            outputs[pin] = function[1] if function else None
    gate = {}
    if re.search(r"clock_gating_integrated_cell\s*:\s*\"?latch_posedge\"?\s*;", body):
        for pin, inside in groups(body, "pin"):
            for use in ("clock", "enable", "out"):
                if re.search(rf"clock_gate_{use}_pin\s*:\s*\"?true", inside):
                    gate[use] = pin
    sequential = bool(gate) or re.search(r"\b(ff|latch|statetable)\s*\(", body) is not None
    leakage = number(body, "cell_leakage_power", 0.0)
    area = number(body, "area", 0.0)
    made = Cell(name, area, leakage, inputs, outputs, sequential, gate)
    return dataclasses.replace(made, register=register(body), body=body)


class Library:
    """A liberty file. nand2, inverter, buffer: the smallest of their kinds; drive: a buffer of
    twice that strength, which drives a block's inputs."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        try:
            opened = gzip.open if self.path.suffix == ".gz" else open
            with opened(self.path, "rt", encoding="latin-1") as file:
                text = file.read()
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}; LIB= names a liberty file") from None
        found = re.search(r"\blibrary\s*\(\s*\"?(\w+)", text)
        if not found:
            raise BadInput(f"{path}: no library group; LIB= names a liberty file")
        self.name = found[1]
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.templates = dict(groups(text, "power_lut_template"))
        self.cells = {name: cell(name, body) for name, body in groups(text, "cell")}
        time = re.search(r"\btime_unit\s*:\s*\"?([\d.]+)([fpnum]?)s", text)
        self.time_text = f"{time[1]}{time[2]}s" if time else "1ns"
        self.time_ns = float(time[1]) * PREFIX[time[2]] * 1e9 if time else 1.0
        load = re.search(r"capacitive_load_unit\s*\(\s*([\d.]+)\s*,\s*\"?([fpn])f", text, re.I)
        self.cap_text = f"{load[1]}, {load[2].lower()}f" if load else "1, pf"
        self.cap_ff = float(load[1]) * PREFIX[load[2].lower()] * 1e15 if load else 1000.0
        leak = re.search(r"\bleakage_power_unit\s*:\s*\"?([\d.]+)([fpnum]?)W", text)
        self.leak_text = f"{leak[1]}{leak[2]}W" if leak else "1nW"
        self.leak_nw = float(leak[1]) * PREFIX[leak[2]] * 1e9 if leak else 1.0
        self.volt = number(text, "nom_voltage", 1.0)
        self.nand2 = self.smallest([(1, 1, 1, 0)])
        self.inverter = self.smallest([(1, 0)])
        self.drive = self.smallest([(0, 1)], 1)
        if not (self.nand2 and self.inverter and self.drive):
            raise BadInput(f"{path}: no NAND, inverter or buffer among {len(self.cells)} cells")
        # Where there is one: a clock gate.
        gates = sorted((c.area, c.name) for c in self.cells.values() if len(c.gate) == 3)
        self.gate = self.cells[gates[0][1]] if gates else None

    def smallest(self, tables, place=0):
        """The smallest cell whose outputs are these functions; cells for clock trees, delays left
        out. place 1: the next one."""
        found = sorted(
            (cell.area, cell.name)
            for cell in self.cells.values()
            if sorted(cell.tables()) == sorted(tables)
            and not re.search("clk|dly|delay", cell.name.lower())
        )
        return self.cells[found[min(place, len(found) - 1)][1]] if found else None
