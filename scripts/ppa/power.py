"""Power from the changes that sw/gates has counted, by instance and by block.

A cell takes, for each change of a net, with C the capacitances of the inputs on it (wires none):

    switching   C V^2 / 2; of the driver, or where a net comes from outside, of its inputs' cells
    internal    the library's energy of the pin that changes, at the slew of an FO4 inverter; where
                it depends on other pins, by how often they are 1; where it depends on the input
                that an output follows, by how often each input changes
    clock       both of these, of the nets that carry the clock
    leakage     the cell's

and a memory an access' energy, and leakage (memories.py).
"""

import collections
import re

import numpy

from . import energy_tables

KINDS = ("internal", "switching", "clock", "memories", "leakage")  # uW


class Activity:
    """Of sw/gates' output: changes a cycle and duty of each net, a memory's accesses a cycle."""

    def __init__(self, text, nets, clocks):
        found = re.findall(r"^net (\d+) (\d+) (\d+)$", text, re.M)
        self.cycles = int(re.search(r"^cycles (\d+)$", text, re.M)[1])
        self.changes, self.duty = numpy.zeros(nets), numpy.zeros(nets)
        if found and self.cycles:
            table = numpy.array(found, dtype=float)
            places = table[:, 0].astype(int)
            self.changes[places] = table[:, 1] / self.cycles
            self.duty[places] = table[:, 2] / self.cycles
        self.duty[list(clocks)] /= 2  # a pulse is half a cycle
        accesses = re.findall(r"^memory (\d+) (\d+) (\d+)$", text, re.M)
        self.accesses = [(int(r) + int(w)) / max(self.cycles, 1) for _, r, w in accesses]


def loads(flat, library):
    """Capacitance on each net, in the library's unit."""
    found = numpy.zeros(len(flat.above))
    for placed in flat.cells:
        for pin, capacitance in library.cells[placed.kind].inputs.items():
            if pin in placed.nets:
                found[placed.nets[pin]] += capacitance
    for placed in flat.memories:
        for pin, net in placed.nets.items():
            found[net] += flat.boxes[placed.kind].capacitance(pin, library)
    return found


def outside(flat):
    """Nets that no cell and no memory drives."""
    driven = numpy.zeros(len(flat.above), dtype=bool)
    for placed in flat.cells:
        for pin in flat.library.cells[placed.kind].outputs:
            driven[placed.nets[pin]] = True
    for placed in flat.memories:
        for pin, net in placed.nets.items():
            driven[net] = driven[net] or pin.startswith("rdata_o")
    return ~driven


def gather(cells, pin):
    return numpy.array([placed.nets.get(pin, 0) for placed in cells])


def internal(cell, cells, activity, load, library, slew, is_clock):
    """Energy a cycle of each of these cells, all of one kind, in the library's unit: of changes of
    the clock's nets the second, of all others the first."""
    pins = [*cell.inputs, *cell.outputs]
    nets = {pin: gather(cells, pin) for pin in pins}
    duties = {pin: activity.duty[nets[pin]] for pin in pins}
    inverse = cell.register.get("inverse")
    straight = [p for p, f in cell.outputs.items() if f == cell.register.get("state")]
    for pin, function in cell.outputs.items():
        if function and function == inverse and straight:
            duties[pin] = None  # of register(): read as the other output's inverse
    total, clock = numpy.zeros(len(cells)), numpy.zeros(len(cells))
    by_pin = collections.defaultdict(list)
    for energy in energy_tables.energies(cell, library.templates, slew):
        if energy.pin in nets:
            by_pin[energy.pin].append(energy)
    for pin, found in by_pin.items():
        weights = []
        for energy in found:
            when = energy.when
            for other, duty in duties.items():
                if duty is None:
                    when = re.sub(rf"\b{other}\b", f"(!{straight[0]})", when)
            weight = energy_tables.chance(when, duties) if when else 1.0
            if energy.related in nets:
                weight = weight * activity.changes[nets[energy.related]]
            weights.append(weight + numpy.zeros(len(cells)))
        weights = numpy.array(weights)
        if pin in cell.outputs:  # one of the ways it can follow its inputs
            whole = weights.sum(axis=0)
            weights = weights / numpy.where(whole > 0, whole, 1)
        costs = numpy.array([energy.at(load[nets[pin]]) for energy in found])
        energy = (weights * costs).sum(axis=0) * activity.changes[nets[pin]]
        total += numpy.where(is_clock[nets[pin]], 0, energy)
        clock += numpy.where(is_clock[nets[pin]], energy, 0)
    return total, clock


def by_instance(flat, activity, library, slew, period_ns):
    """Instance path -> {kind of KINDS: uW}."""
    found = collections.defaultdict(lambda: dict.fromkeys(KINDS, 0.0))
    load = loads(flat, library)
    unit = library.cap_ff / period_ns  # uW of V^2 times capacitance a cycle
    half = 0.5 * library.volt**2 * activity.changes  # of switching, for each capacitance
    from_outside = outside(flat)
    is_clock = numpy.zeros(len(flat.above), dtype=bool)
    is_clock[list(flat.clocks())] = True
    kinds = collections.defaultdict(list)
    for placed in flat.cells:
        kinds[placed.kind].append(placed)
    for kind, cells in kinds.items():
        cell = library.cells[kind]
        inside, clock = internal(cell, cells, activity, load, library, slew, is_clock)
        switched = numpy.zeros(len(cells))
        for pin in [*cell.inputs, *cell.outputs]:
            nets = gather(cells, pin)
            charged = load[nets]
            if pin in cell.inputs:
                charged = numpy.where(from_outside[nets], cell.inputs[pin], 0)
            charge = half[nets] * charged
            switched += numpy.where(is_clock[nets], 0, charge)
            clock += numpy.where(is_clock[nets], charge, 0)
        for placed, one, other, ticks in zip(cells, inside, switched, clock):
            power = found[placed.path]
            power["internal"] += one * unit
            power["switching"] += other * unit
            power["clock"] += ticks * unit
            power["leakage"] += cell.leakage * library.leak_nw * 1e-3
    for placed, accesses in zip(flat.memories, activity.accesses, strict=True):
        memory, power = flat.boxes[placed.kind], found[placed.path]
        power["memories"] += accesses * memory.energy_pj(library) / period_ns * 1e3
        power["leakage"] += memory.leakage_nw(library) * 1e-3
        for pin, net in placed.nets.items():
            charged = memory.capacitance(pin, library) if from_outside[net] else 0.0
            if pin.startswith("rdata_o"):
                charged = load[net]
            power["clock" if is_clock[net] else "switching"] += half[net] * charged * unit
    return found
