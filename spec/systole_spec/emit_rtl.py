"""SystemVerilog: the package, the checks of the parameters."""

from .expression import Emitter, names, parameters_of
from .load import upper

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
        if name == "pow2":
            return f"(1 << $clog2({a[0]}))"
        assert name == "power_of_two", name
        return f"({a[0]} & ({a[0]} - 1)) == 0"

    def divisor(self, node, text):
        """A refused parameter is named, not a division by zero."""
        return text if text.isdigit() else f"{self.prefix}larger(1, {text.strip('()')})"


def constants(spec):
    """Numbers that expressions may name beside parameters and geometry."""
    made = {upper(n.name): n.value for n in spec.limits + spec.latencies}
    made["ALL_ROUNDINGS"] = (1 << len(spec.roundings)) - 1
    return made


def integer(name, value, comment=""):
    return f"  localparam int {name} = {value};" + (f"  // {comment}" if comment else "")


def logic(width, name, value, comment=""):
    text = f"  localparam logic [{width - 1}:0] {name} = {value};"
    return text + (f"  // {comment}" if comment and len(text) + len(comment) < 95 else "")


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
    for n in spec.latencies + spec.limits:
        out += [f"  // {n.unit}: {n.meaning}", integer(upper(n.name), n.value)]
    out += [""] + geometry_functions(spec) + ["endpackage"]
    return PACKAGE_HEADER + "\n".join(out) + "\n"


def geometry_functions(spec):
    out = [
        "  function automatic int larger(input int a, input int b);",
        "    larger = (a > b) ? a : b;",
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


CHECK_HEADER = """\
// Refuses illegal elaboration parameters by name; the same rules as Validate() in
// sw/isa/config.cc. No logic.
// Generated from spec/parameters.toml by `make spec`: edit that, not this file.
`include "systole_assert.svh"

module systole_check_params #(
"""


def parameter_list(spec, indent="  "):
    last = spec.parameters[-1].name
    return "".join(
        f"{indent}parameter int {p.name} = {p.default}{'' if p.name == last else ','}\n"
        for p in spec.parameters
    )


def check_params(spec):
    emit = Sv(spec, prefix="systole_pkg::")
    out = [CHECK_HEADER + parameter_list(spec) + ") ();"]
    used = {name for rule in spec.rules for name in names(rule.condition)}
    for g in spec.geometry:
        if g.name in used:
            needs = ", ".join(parameters_of(spec, g.value))
            out.append(f"  localparam int {g.name} = systole_pkg::{g.name.lower()}({needs});")
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
