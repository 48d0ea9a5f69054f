"""SystemVerilog: the package, the checks of the parameters."""

import re
import textwrap

from .expression import Emitter, names, parameters_of
from .load import constants, snake, upper

PACKAGE_HEADER = """\
// Opcodes, instruction fields (NAME_LSB, NAME_W), registers and their bits, counters, error codes,
// rounding modes, latencies, and the sizes that follow from the parameters.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
package systole_pkg;
"""


class Sv(Emitter):
    """`local`: how a name of the geometry is written."""

    def __init__(self, spec, prefix="", local=lambda name: name, parameter=lambda name: name):
        self.constants = constants(spec)
        self.prefix, self.local, self.parameter = prefix, local, parameter
        self.geometry = {g.name for g in spec.geometry}

    def name(self, name):
        if name in self.constants:
            return self.prefix + name
        return self.local(name) if name in self.geometry else self.parameter(name)

    def call(self, name, a):
        if name == "max":
            text = a[0]
            for other in a[1:]:
                text = f"{self.prefix}larger({text}, {other})"
            return text
        if name == "min":
            return f"{self.prefix}smaller({a[0]}, {a[1]})"
        if name == "pow2":
            return f"(1 << $clog2({a[0]}))"
        assert name == "power_of_two", name
        return f"({a[0]} & ({a[0]} - 1)) == 0"

    def divisor(self, node, text):
        """A refused parameter is named, not a division by zero."""
        return text if text.isdigit() else f"{self.prefix}larger(1, {text.strip('()')})"


def integer(name, value, comment=""):
    return f"  localparam int {name} = {value};" + (f"  // {comment}" if comment else "")


def logic(width, name, value, comment=""):
    text = f"  localparam logic [{width - 1}:0] {name} = {value};"
    return text + (f"  // {comment}" if comment and len(text) + len(comment) < 95 else "")


def comment_lines(text):
    return ["  // " + line for line in textwrap.wrap(text, 95)]


def package(spec):
    version = spec.version[0] << 16 | spec.version[1]
    out = [integer("INSTR_W", spec.instruction_bits), integer("NUM_ENGINES", len(spec.engines))]
    out += [integer(f"ENGINE_{e.upper()}", i) for i, e in enumerate(spec.engines)]
    out += [
        integer("ENGINE_FETCH", spec.fetch_engine),
        logic(32, "ID_VALUE", f"32'h{spec.id:08X}"),
        logic(32, "VERSION_VALUE", f"32'h{version:08X}"),
        "",
    ]
    out += [logic(8, f"OP_{upper(o.name)}", f"8'h{o.code:02X}") for o in spec.opcodes]
    out += [logic(4, "OP_SYNC_NIBBLE", f"4'h{spec.sync_nibble:X}"), ""]
    for field in spec.all_fields:
        out += [integer(f"{upper(field.name)}_LSB", field.lsb)]
        out += [integer(f"{upper(field.name)}_W", field.width)]
    out += [""]
    out += [
        "  // Widths of what passes between modules: an instruction's index, an error code, fields."
    ]
    out += [integer("PC_W", 32), integer("CODE_W", 8)]
    bits = {f.name: f.width for f in spec.all_fields}
    out += [integer(f"{upper(w.name)}_W", bits[w.fields[0]]) for w in spec.widths]
    out += [""]
    digits = spec.address_bits // 4
    address = lambda offset: f"{spec.address_bits}'h{offset:0{digits}X}"
    at = lambda name, offset: logic(spec.address_bits, f"REG_{name}", address(offset))
    out += [at(upper(r.name), r.offset) for r in spec.registers]
    out += [at(f"PARAM{w}", spec.param_base + 4 * w) for w in range(spec.param_words)]
    out += [at(f"CNT_{upper(c.name)}", c.offset) for c in spec.counters]
    out += [at("CNT_ENGINE", spec.engine_counters)]
    out += [at("CNT_FIRST", spec.counter_base), at("CNT_LAST", spec.counter_end - 4), ""]
    out += [integer(f"{upper(b.register)}_{upper(b.name)}_BIT", b.bit) for b in spec.bits]
    out += ["", "  // A counter's place: its offset past REG_CNT_FIRST in steps of 8 bytes."]
    out += [
        integer(f"CNT_{upper(c.name)}_INDEX", (c.offset - spec.counter_base) // 8)
        for c in spec.counters
    ]
    out += [
        integer("CNT_ENGINE_INDEX", (spec.engine_counters - spec.counter_base) // 8),
        integer("NUM_COUNTERS", spec.num_counters),
        integer("COUNTER_INDEX_W", (spec.num_counters - 1).bit_length()),
        integer("NUM_CAUSES", len(spec.causes)),
    ]
    out += [integer(f"CAUSE_{upper(c.name)}", i) for i, c in enumerate(spec.causes)]
    out += [""]
    out += [logic(8, f"ERR_{upper(e.name)}", f"8'd{i}", e.text) for i, e in enumerate(spec.errors)]
    out += [""]
    width = next(f.width for f in spec.all_fields if f.name == "PoRounding")
    out += [
        logic(width, f"ROUND_{upper(r.name)}", f"{width}'d{i}", r.meaning)
        for i, r in enumerate(spec.roundings)
    ]
    out += [
        integer("NUM_ROUNDINGS", len(spec.roundings)),
        integer("ALL_ROUNDINGS", (1 << len(spec.roundings)) - 1),
        "",
    ]
    for n in spec.latencies:
        out += comment_lines(f"cycles: {n.meaning}")
        out += [integer(f"PIPE_{upper(n.name)}", n.value)]
    depth = Sv(spec, parameter=lambda name: f"PIPE_{name}")
    for n in spec.depths:
        out += [f"  // cycles: {n.meaning}", integer(upper(n.name), depth.text(n.value))]
    for n in spec.limits:
        out += [f"  // {n.unit}: {n.meaning}", integer(upper(n.name), n.value)]
    out += [""] + geometry_functions(spec) + legal_function(spec) + ["endpackage"]
    return PACKAGE_HEADER + "\n".join(out) + "\n"


def geometry_functions(spec):
    out = [
        "  function automatic int larger(input int a, input int b);",
        "    larger = (a > b) ? a : b;",
        "  endfunction",
        "  function automatic int smaller(input int a, input int b);",
        "    smaller = (a < b) ? a : b;",
        "  endfunction",
    ]
    call = lambda name: f"{name.lower()}({', '.join(p.lower() for p in needs[name])})"
    needs = {g.name: parameters_of(spec, g.value) for g in spec.geometry}
    emit = Sv(spec, local=call, parameter=str.lower)
    for g in spec.geometry:
        arguments = ", ".join(f"input int {p.lower()}" for p in needs[g.name])
        out += [
            f"  // {g.meaning}",
            f"  function automatic int {g.name.lower()}({arguments});",
            f"    {g.name.lower()} = {emit.text(g.value)};",
            "  endfunction",
        ]
    return out


def legal_function(spec):
    emit = Sv(spec, local=lambda name: f"{name.lower()}_", parameter=str.lower)
    used = {name for rule in spec.rules for name in names(rule.condition)}
    out = ["  // Whether all rules hold.", "  function automatic bit legal("]
    inputs = [f"    input int {p.name.lower()}" for p in spec.parameters]
    out += [",\n".join(inputs), "  );"]
    wanted = [g for g in spec.geometry if g.name in used]
    out.append(f"    int {', '.join(g.name.lower() + '_' for g in wanted)};")
    for g in wanted:
        needs = ", ".join(p.lower() for p in parameters_of(spec, g.value))
        out.append(f"    {g.name.lower()}_ = {g.name.lower()}({needs});")
    rules = " &&\n            ".join(f"({emit.text(rule.condition)})" for rule in spec.rules)
    return out + [f"    legal = {rules};", "  endfunction"]


def with_defaults(spec, text):
    """The text of a module with the default of every parameter of the accelerator as defined. Where
    0 says that a part is not built, the modules of that part keep a value they can be read with."""
    for p in spec.parameters:
        if p.default == 0:
            continue
        text = re.sub(rf"(parameter int {p.name}\s*=\s*)\d+", rf"\g<1>{p.default}", text)
    return text


CHECK_HEADER = """\
// Refuses illegal elaboration parameters by name; the same rules as Validate() in
// sw/isa/config.cc. No logic.
// Generated from spec/parameters.toml by `make spec`: edit that, not this file.
`include "systole_assert.svh"

module systole_check_params #(
"""


def parameter_list(spec, more=False):
    """Lines of a module's parameter list; more: others follow."""
    last = spec.parameters[-1].name
    return [
        f"parameter int {p.name} = {p.default}{'' if p.name == last and not more else ','}"
        for p in spec.parameters
    ]


def filled(items, width=88):
    """Items joined by commas, on as few lines as they need."""
    lines = [""]
    for i, item in enumerate(items):
        item += "," if i + 1 < len(items) else ""
        if lines[-1] and len(lines[-1]) + 1 + len(item) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + item
    return lines


def pass_list(spec):
    """`.ROWS(ROWS), ...` of an instance."""
    return filled([f".{p.name}({p.name})" for p in spec.parameters])


def names_list(spec):
    return filled([p.name for p in spec.parameters])


def param_words(spec):
    """Items of the register file's case: what PARAM0, ... read."""
    out = []
    for word in range(spec.param_words):
        held = [(spec.places[p.name], p.name) for p in spec.parameters]
        held = sorted((place.lsb, place.width, n) for place, n in held if place.word == word)
        parts, at = [], 0
        for lsb, width, name in held:
            if lsb > at:
                parts.append(f"{lsb - at}'d0")
            parts.append(f"{width}'({name})")
            at = lsb + width
        if at < 32:
            parts.append(f"{32 - at}'d0")
        lines = filled(parts[::-1], 80)
        item = f"systole_pkg::REG_PARAM{word}: value = "
        if len(lines) == 1 and len(item + lines[0]) < 88:
            out.append(f"{item}{{{lines[0]}}};")
        else:
            out += [item + "{"] + ["  " + line for line in lines] + ["};"]
    return out


def counter_ports(spec):
    out = []
    for c in own(spec):
        name = snake(c.name)
        if c.width > 1:
            out.append(f"input  logic        {name}_valid_i,")
        kind = f"[{c.width - 1}:0]" if c.width > 1 else ""
        out.append(f"input  logic {kind:<6} {name}_i,  // {c.meaning}")
    return out


def own(spec):
    """The counters with a port of their own: all but the cycles of the run."""
    return [c for c in spec.counters if c.name != "Total"]


def counter_registers(spec):
    names = [snake(c.name) for c in own(spec)]
    out = [f"logic [63:0] {', '.join(n + '_q' for n in names)};", ""]
    out += ["always_ff @(posedge clk_i or negedge rst_ni) begin", "  if (!rst_ni) begin"]
    out += [f"    {n}_q <= 64'd0;" for n in names]
    out += ["  end else if (clear_i) begin"] + [f"    {n}_q <= 64'd0;" for n in names]
    out += ["  end else if (run_i) begin"]
    for c, n in zip(own(spec), names):
        when, amount = (f"{n}_valid_i", f"64'({n}_i)") if c.width > 1 else (f"{n}_i", "64'd1")
        out.append(f"    if ({when}) {n}_q <= {n}_q + {amount};")
    out += ["  end", "end"]
    for c, n in zip(own(spec), names):
        out.append(f"assign all[64*systole_pkg::CNT_{upper(c.name)}_INDEX +: 64] = {n}_q;")
    return out


def check_params(spec):
    emit = Sv(spec, prefix="systole_pkg::")
    out = [CHECK_HEADER + "\n".join("  " + line for line in parameter_list(spec)) + "\n) ();"]
    used = {name for rule in spec.rules for name in names(rule.condition)}
    for g in spec.geometry:
        if g.name in used:
            # A parameter that is 0 or less has a rule of its own: it alone is to be named.
            needs = [f"systole_pkg::larger({p}, 1)" for p in parameters_of(spec, g.value)]
            out.append(f"  localparam int {g.name} = systole_pkg::{g.name.lower()}(")
            out += ["      " + line for line in filled(needs)]
            out[-1] += ");"
    out.append("")
    seen = {}
    for rule in spec.rules:
        text = (
            f"`SYSTOLE_REQUIRE({rule.parameter},\n"
            f"      {emit.text(rule.condition)},\n"
            f'      "{rule.allowed}")'
        )
        seen[rule.parameter] = seen.get(rule.parameter, 0) + 1
        if seen[rule.parameter] > 1:  # refusals of one parameter stand side by side
            label = f"gen_{rule.parameter.lower()}_{seen[rule.parameter]}"
            text = text.replace("\n", "\n  ")
            out.append(f"  if (1) begin : {label}\n    {text}\n  end")
        else:
            out.append("  " + text)
    return "\n".join(out) + "\nendmodule\n"
