#!/usr/bin/env python3
"""The house's own rules for the RTL, beside those of Verilator, Icarus and Yosys.

  scripts/lint_rtl.py [RTL_FOLDER]

Prints file:line: what, and what to do instead; exit status 1 if there is anything to say.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import format_rtl  # noqa: E402

# Signals that carry a whole instruction; they are cut by the package's fields alone.
INSTRUCTION = re.compile(r"\b(instr_[io]|fetched|head|gen_engine\[\w+\]\.head)\[([^\]]*)\]")
FIELD = re.compile(r"systole_pkg::(\w+)_LSB(?: \+: (?:systole_pkg::\1_W|BEAT_BITS))?$")
# Sizes that are the width of a field: an entry, a column, a row, an address, an instruction ...
FIELD_SIZES = {7: "a column", 10: "an entry", 11: "a parameter row", 24: "a buffer address or row",
               25: "a buffer address and a carry", 256: "an instruction"}  # fmt: skip
# Here a number of bits is none of a field: arithmetic, registers, the package itself.
NO_FIELDS = ("systole_pkg.sv", "systole_csr.sv", "systole_requantize.sv")
PORT = re.compile(r"^\s*(?:input|output)\s+logic.*?(\w+)\s*,?$")
REGISTER = re.compile(r"(_q|_o|_p)$|^mem$")


def statements(text):
    """Pairs of (line number, code) without comments and strings."""
    for number, line in enumerate(text.split("\n"), 1):
        code = format_rtl.split_comment(line)[0]
        yield number, re.sub(r'"[^"]*"', '""', code)


class Linter:
    def __init__(self, package):
        self.widths = {m[1]: int(m[2]) for m in re.finditer(r"int (\w+)_W = (\d+);", package)}
        self.said = 0

    def say(self, file, number, text):
        print(f"{file}:{number}: {text}")
        self.said += 1

    def columns(self, file, text):
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > format_rtl.WIDTH:
                self.say(file, number, f"{len(line)} columns; at most {format_rtl.WIDTH}")
            if "\t" in line or line != line.rstrip():
                self.say(file, number, "a tab, or white space at the end")

    def layout(self, file, text):
        self.columns(file, text)
        pairs = zip(text.split("\n"), format_rtl.format_text(text).split("\n"))
        for number, (is_, should) in enumerate(pairs, 1):
            if is_ != should:
                self.say(file, number, "not as scripts/format_rtl.py writes it")
                break

    def fields(self, file, number, code):
        for m in INSTRUCTION.finditer(code):
            cut = FIELD.match(m[2])
            if "OWN_POP_LSB +:" in m[2] or (file.endswith("_fetch.sv") and m[1] == "instr_o"):
                continue  # the engine's own of four like fields; beats that become an instruction
            if not cut:
                self.say(file, number, f"{m[0]}: cut an instruction by systole_pkg's _LSB and _W")
            elif "+:" not in m[2] and self.widths.get(cut[1]) != 1:
                self.say(file, number, f"{m[0]}: one bit of a field that has more")
        for m in re.finditer(r"\[(\d+):0\]|\b(\d+)'(?:[(dhb]|s[dhb])", code):
            size = int(m[1]) + 1 if m[1] else int(m[2])
            if size in FIELD_SIZES:
                self.say(
                    file,
                    number,
                    f"{m[0]}: {size} bits are {FIELD_SIZES[size]}: use systole_pkg's width",
                )
        for m in re.finditer(r"\b(?:8'h[1-4][0-9A-Fa-f]|4'h[Ff])\b", code):
            self.say(file, number, f"{m[0]}: name the opcode as systole_pkg does")

    def names(self, file, number, code, top):
        port = PORT.match(code)
        if port and not top and not re.search(r"(_i|_o|_ni)$", port[1]):
            self.say(file, number, f"port {port[1]}: ends in _i, _o or _ni")
        assigned = re.match(
            r"^\s*(?:.*\)\s*|.*begin\s*|else\s*)?([\w.]+)(?:\[[^\]]*\])* <= .*;$", code
        )
        if assigned and not self.goes_on:
            target = assigned[1]
            if not REGISTER.search(target):
                self.say(
                    file, number, f"register {target}: ends in _q (_o: a port, _p: a pipeline)"
                )
        if code.strip():
            self.goes_on = code.rstrip().endswith(("&&", "||", "?", "=", "+", "-"))
        for m in re.finditer(r"\bsystole_\w+ (?:#\(.*\) )?(\w+) \(", code):
            if not m[1].startswith("u_") and "module" not in code:
                self.say(file, number, f"instance {m[1]}: begins with u_")
        for m in re.finditer(r"begin : (\w+)", code):
            if not m[1].startswith("gen_"):
                self.say(file, number, f"block {m[1]}: begins with gen_")

    def wiring(self, file, number, code):
        """The top has instances, nets and sizes; what computes is a leaf."""
        if re.match(r"^\s*(localparam|parameter|for|if)\b", code) or self.in_sizes:
            self.in_sizes = not re.search(r"[;)]$|begin( : \w+)?$", code) and code.strip() != ""
            return
        if re.match(r"^\s*(assign|always)", code):
            self.say(file, number, "an assignment in the top: put it into a leaf")
        bare = re.sub(r"#\(.*\)|\[[^\]]*\]|\.\w+\(\(e == .*", "", code)
        if re.search(r"&&|\|\||[!~?^<>]|==|[-+*/%&|] ", bare):
            self.say(file, number, "an operator in the top: put it into a leaf")

    def file(self, file, text):
        top = file.endswith("systole_top.sv")
        self.in_sizes = False  # of a parameter list in the top
        self.goes_on = False  # a line before this one ends with an operator
        self.layout(file, text)
        if "lint_off" in text:
            self.say(file, 1, "a waiver: they stand in rtl/lint.vlt, with their reasons")
        for number, code in statements(text):
            if re.search(r"\bunused\b", code):
                self.say(file, number, "a sink for unused bits: write a waiver into rtl/lint.vlt")
            if not file.endswith(NO_FIELDS):
                self.fields(file, number, code)
            self.names(file, number, code, top)
            if top:
                self.wiring(file, number, code)


def main(arguments):
    rtl = arguments[0] if arguments else "rtl"
    with open(os.path.join(rtl, "common/systole_pkg.sv"), encoding="utf-8") as f:
        linter = Linter(f.read())
    for folder, _, names in sorted(os.walk(rtl)):
        for name in sorted(n for n in names if n.endswith((".sv", ".svh", ".vlt"))):
            file = os.path.join(folder, name)
            with open(file, encoding="utf-8") as f:
                text = f.read()
            if name.endswith(".sv"):
                linter.file(file, text)
            else:
                linter.columns(file, text)
    return 1 if linter.said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
