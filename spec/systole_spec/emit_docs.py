"""Tables of the pages, and the lists of Makefile and scripts."""

import json
import textwrap

from .emit_cxx import allowed
from .expression import parameters_of
from .load import snake, upper


def row(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def head(*cells):
    return [row(*cells), "|" + "---|" * len(cells)]


def bit_names(spec, register):
    wanted = "Irq" if register.startswith("Irq") else register
    return ", ".join(f"{b.bit} {upper(b.name)}" for b in spec.bits if b.register == wanted)


def register_table(spec):
    version = f"0x{spec.version[0] << 16 | spec.version[1]:08X}"
    resets = {"ID": f"0x{spec.id:08X}", "VERSION": version}
    access = {"W1C": "RW, 1 clears", "RW locked": "RW while idle"}
    out = head("offset", "name", "access", "after reset", "bits")
    for r in spec.registers:
        text = "; ".join(part for part in (bit_names(spec, r.name), r.meaning) if part)
        reset = resets.get(r.reset, r.reset)
        kind = access.get(r.access, r.access)
        out.append(row(f"0x{r.offset:03X}", upper(r.name), kind, reset, text))
    for word in range(spec.param_words):
        held = [(spec.places[p.name], p.name) for p in spec.parameters]
        held = sorted((place.lsb, name) for place, name in held if place.word == word)
        text = ", ".join(f"{name} << {lsb}" if lsb else name for lsb, name in held)
        out.append(row(f"0x{spec.param_base + 4 * word:03X}", f"PARAM{word}", "RO", "", text))
    for c in spec.counters:
        out.append(row(f"0x{c.offset:03X}", f"CNT_{upper(c.name)}", "RO", 0, c.meaning))
    step = 8 * len(spec.causes)
    causes = ", ".join(f"{i} {upper(c.name)}" for i, c in enumerate(spec.causes))
    out.append(
        row(
            f"0x{spec.engine_counters:03X} + {step} e + 8 c",
            "CNT_ENGINE",
            "RO",
            0,
            f"cycles of engine e with cause c: {causes}; together CNT_TOTAL",
        )
    )
    return out


def error_table(spec):
    out = head("code", "name", "found")
    return out + [row(i, e.name, e.found) for i, e in enumerate(spec.errors) if i > 0]


def opcode_table(spec):
    out = head("code", "opcode", "engine", "does")
    for o in spec.opcodes:
        engine = spec.engines[(o.code >> 4) - 1].upper()
        out.append(row(f"0x{o.code:02X}", f"`{o.name}`", engine, o.meaning))
    return out


def bits(field):
    last = field.lsb + field.width - 1
    return f"[{last}:{field.lsb}]" if field.width > 1 else f"[{field.lsb}]"


TITLES = {
    "common": "All instructions",
    "transfer": "LOAD, FILL, STORE",
    "matmul": "MATMUL",
    "post": "POST",
    "row_conv": "MATMUL, row stationary (RowConv)",
    "post_act": "POST from the activation buffer (PostAct)",
    "post_act_add": "The sum of two tensors (PostActAdd)",
}


def field_tables(spec):
    out = []
    for group, fields in spec.fields.items():
        out += ["", f"### {TITLES[group]}"] + head("bits", "field", "meaning")
        out += [row(bits(f), f"`{f.name}`", f.meaning) for f in fields]
        if group in spec.reuse:
            names = ", ".join(f"`{name}`" for name in spec.reuse[group])
            out += [""] + textwrap.wrap(f"and {names}, as above.", 100)
    return out[1:]


def parameter_table(spec):
    out = head("parameter", "default", "allowed", "meaning")
    return out + [row(p.name, p.default, allowed(spec, p), p.meaning) for p in spec.parameters]


def geometry_table(spec):
    out = head("size", "value", "of")
    for g in spec.geometry:
        out.append(row(g.name, f"`{g.value}`", g.meaning))
    return out


def pipeline_table(spec):
    out = head("offset", "cycles", "from -> to")
    return out + [row(f"`{snake(n.name)}`", n.value, n.meaning) for n in spec.latencies]


def rounding_table(spec):
    out = head("code", "mode", "R(p, s)")
    return out + [row(i, f"`{r.text}`", r.meaning) for i, r in enumerate(spec.roundings)]


def make_parameters(spec):
    lines, text = [], "PARAMETERS :="
    for p in spec.parameters:
        if len(text) + len(p.name) > 94:
            lines.append(text + " \\")
            text = " "
        text += " " + p.name
    return lines + [text]


def as_json(spec):
    """For scripts: what they need of the definitions, without a TOML reader."""
    data = {
        "parameters": [
            {"name": p.name, "default": p.default, "allowed": allowed(spec, p)}
            for p in spec.parameters
        ],
        "geometry": {
            g.name: {"value": g.value, "of": parameters_of(spec, g.value)} for g in spec.geometry
        },
        "roundings": [r.text for r in spec.roundings],
        "counters": [snake(c.name) for c in spec.counters],
        "causes": [snake(c.name) for c in spec.causes],
        "errors": [e.name for e in spec.errors],
        "opcodes": {o.name: o.code for o in spec.opcodes},
        "fields": {f.name: [f.lsb, f.width] for f in spec.all_fields},
    }
    return json.dumps(data, indent=1) + "\n"
