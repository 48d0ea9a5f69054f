"""A liberty cell's internal energies: what a change of a pin costs inside the cell."""

import dataclasses
import re

import numpy

from . import logic
from .liberty import groups


@dataclasses.dataclass
class Energy:
    """Of a change of `pin`: mean of rise and fall, in the library's unit of capacitance times V^2,
    at the loads of the table; other loads between them, its ends beyond."""

    pin: str
    related: str  # the input whose change it follows; empty: its own
    when: str  # a function of pins; empty: always
    loads: numpy.ndarray
    values: numpy.ndarray

    def at(self, loads):
        return numpy.interp(loads, self.loads, self.values)


def numbers(text):
    return numpy.array([float(word) for word in re.findall(r"[-+.\deE]+", text)])


def table(name, body, templates, slew):
    """(loads, energies) of rise_power or fall_power at one input slew."""
    template = templates.get(name, "")
    values = numbers(re.search(r"\bvalues\s*\(([^;]*)\)", body, re.S)[1])
    axes = []
    for place in ("1", "2"):
        variable = re.search(rf"\bvariable_{place}\s*:\s*\"?(\w+)", template)
        index = re.search(rf"\bindex_{place}\s*\(([^;]*)\)", body, re.S) or re.search(
            rf"\bindex_{place}\s*\(([^;]*)\)", template, re.S
        )
        if variable:
            axes.append(("load" if "capacitance" in variable[1] else "slew", numbers(index[1])))
    grid = values.reshape([len(index) for _, index in axes] or [1])
    if [kind for kind, _ in axes] == ["load", "slew"]:
        grid, axes = grid.T, axes[::-1]
    if axes and axes[0][0] == "slew":
        slews = axes.pop(0)[1]
        columns = grid.reshape(len(slews), -1).T
        grid = numpy.array([numpy.interp(slew, slews, column) for column in columns])
    return (axes[0][1] if axes else numpy.zeros(1)), grid


def energies(cell, templates, slew):
    """Every Energy of the cell, its inputs' slew given in the library's unit of time."""
    found = []
    for pin, inside in groups(cell.body, "pin"):
        for start in re.finditer(r"\binternal_power\s*\(\s*\)\s*{", inside):
            body = next(groups("internal_power(x) {" + inside[start.end() :], "internal_power"))[1]
            sides = [
                table(name, side, templates, slew)
                for kind in ("rise_power", "fall_power")
                for name, side in groups(body, kind)
            ]
            if not sides:
                continue
            loads = sides[0][0] if len(sides[0][0]) > 1 else sides[-1][0]
            values = sum(numpy.interp(loads, *side) for side in sides) / 2
            related = re.search(r"\brelated_pin\s*:\s*\"([^\"]*)\"", body)
            when = re.search(r"\bwhen\s*:\s*\"([^\"]*)\"", body)
            words = (related[1].split() if related else [""]) or [""]
            found += [Energy(pin, word, when[1] if when else "", loads, values) for word in words]
    return found


def chance(function, duties):
    """How often the function is 1 where its pins are 1 so often, one independent of another:
    `duties` has an array for each pin."""
    pins = sorted(set(re.findall(r"[A-Za-z_]\w*", function)))
    total = 0.0
    for place, value in enumerate(logic.table(function, pins)):
        if not value:
            continue
        term = 1.0
        for bit, pin in enumerate(reversed(pins)):
            term = term * (duties[pin] if place >> bit & 1 else 1 - duties[pin])
        total = total + term
    return total
