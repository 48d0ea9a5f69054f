"""Yosys's netlist in the words that OpenSTA reads: plain module names, no empty connections, no
assignment to several wires at once; a file for each module."""

import collections
import re


def plain(name):
    """A module's name without what Yosys puts around it."""
    found = re.search(r"\\(\w+)(\\|$)", name) if name.startswith("$paramod") else None
    return found[1] if found else name


def plain_names(text):
    """Yosys's module name -> a plain one; of its parameter sets the second on are numbered."""
    names, numbers = {}, collections.Counter()
    for module in re.findall(r"^module \\?([^\s(]+)", text, re.M):
        number = numbers[plain(module)] = numbers[plain(module)] + 1
        names[module] = plain(module) + (f"__{number}" if number > 1 else "")
    return names


def renamed(text, names):
    """The netlist with these module names and without empty connections."""
    text = re.sub(
        r"(?m)^(module |  )\\(\$paramod\S+)", lambda m: m[1] + names.get(m[2], m[2]), text
    )
    text = re.sub(r"\.\w+\(\s*(\{\s*\})?\s*\),?\n", "\n", text)
    return re.sub(r",(\s*\);)", r"\1", text)


def pieces(expression):
    expression = expression.strip()
    inside = expression[1:-1] if expression.startswith("{") else expression
    return [piece.strip() for piece in inside.split(",")]


def bits(expression, ranges):
    """The bits of a concatenation, the highest first."""
    found = []
    for piece in pieces(expression):
        constant = re.fullmatch(r"(\d+)'b([01xz]+)", piece)
        if constant:
            digits = constant[2].rjust(int(constant[1]), "0")
            found += [f"1'b{digit}" for digit in digits]
            continue
        parts = re.fullmatch(r"(\\\S+|\w+)(?:\s*\[(\d+)(?::(\d+))?\])?", piece)
        name, first, last = parts.groups()
        name = name.strip()
        if first is None and name not in ranges:
            found.append(piece)
            continue
        high, low = (int(first), int(last or first)) if first else ranges[name]
        space = " " if name.startswith("\\") else ""
        step = -1 if high >= low else 1
        found += [f"{name}{space}[{bit}]" for bit in range(high, low + step, step)]
    return found


def split_assignments(module):
    """The module's text, with assignments to a concatenation written bit by bit."""
    declared = re.findall(
        r"^  (?:wire|input|output|inout) \[(\d+):(\d+)\] (\\\S+|\w+) ?;", module, re.M
    )
    ranges = {name: (int(high), int(low)) for high, low, name in declared}

    def split(found):
        pairs = zip(bits(found[1], ranges), bits(found[2], ranges), strict=True)
        return "\n".join(f"  assign {left} = {right};" for left, right in pairs)

    return re.sub(r"^  assign (\{[^}]*\}) = ([^;]*);", split, module, flags=re.M)


def split_modules(text):
    """Module name -> its text."""
    found = re.finditer(r"^module (\w+)\s*\(.*?^endmodule\n", text, re.M | re.S)
    return {module[1]: split_assignments(module[0]) for module in found}
