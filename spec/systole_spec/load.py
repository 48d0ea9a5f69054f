"""The definitions as Python objects, checked for what no reader of them could survive."""

import re
import tomllib
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

Opcode = namedtuple("Opcode", "name code meaning")
Field = namedtuple("Field", "name lsb width meaning")
Width = namedtuple("Width", "name fields")
Holds = namedtuple("Holds", "field parameter less")
Register = namedtuple("Register", "name offset access reset meaning")
Bit = namedtuple("Bit", "register name bit")
Error = namedtuple("Error", "name text found")
Counter = namedtuple("Counter", "name offset width meaning")
Cause = namedtuple("Cause", "name meaning")
Rounding = namedtuple("Rounding", "name text meaning")
Number = namedtuple("Number", "name value unit meaning")
Latency = namedtuple("Latency", "name value meaning")
Parameter = namedtuple("Parameter", "name default key register meaning")
Geometry = namedtuple("Geometry", "name value meaning")
Rule = namedtuple("Rule", "parameter condition allowed")
Place = namedtuple("Place", "word lsb width")  # of a parameter in the PARAM registers


class SpecError(Exception):
    """A definition that contradicts another; the message says which and how."""


def require(ok, message):
    if not ok:
        raise SpecError(message)


def snake(name):
    """PopLoad -> pop_load; RDBase stays readable because no name has two capitals in a row."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def upper(name):
    return snake(name).upper()


def camel(name):
    """WGT_ROWS -> WgtRows."""
    return "".join(part.capitalize() for part in name.split("_"))


def place_of(parameter):
    match = re.fullmatch(r"(\d)\[(\d+):(\d+)\]", parameter.register)
    require(match, f"{parameter.name}: register {parameter.register!r}; wanted like '0[7:0]'")
    word, msb, lsb = map(int, match.groups())
    require(32 > msb >= lsb, f"{parameter.name}: bits {msb}:{lsb} of a 32-bit register")
    return Place(word, lsb, msb - lsb + 1)


def table(rows, kind, where):
    made = []
    for row in rows:
        require(
            len(row) == len(kind._fields), f"{where}: {row} has not {len(kind._fields)} columns"
        )
        made.append(kind(*row))
    return made


def constants(spec):
    """Numbers that expressions may name beside parameters and geometry."""
    made = {upper(n.name): n.value for n in spec.limits}
    made["ALL_ROUNDINGS"] = (1 << len(spec.roundings)) - 1
    return made


def load(folder):
    """Reads isa, registers, arithmetic, pipeline and parameters .toml of a folder."""
    isa, registers, arithmetic, pipeline, parameters = (
        tomllib.loads((Path(folder) / f"{name}.toml").read_text())
        for name in ("isa", "registers", "arithmetic", "pipeline", "parameters")
    )
    spec = SimpleNamespace(
        instruction_bits=isa["instruction_bits"],
        engines=isa["engines"],
        fetch_engine=isa["fetch_engine"],
        sync_nibble=isa["sync_nibble"],
        widths=table(isa["widths"], Width, "widths"),
        opcodes=table(isa["opcodes"], Opcode, "opcodes"),
        holds=table(isa["holds"], Holds, "holds"),
        fields={g: table(rows, Field, f"fields.{g}") for g, rows in isa["fields"].items()},
        reuse=isa.get("reuse", {}),
        id=registers["id"],
        version=registers["version"],
        address_bits=registers["address_bits"],
        registers=table(registers["registers"], Register, "registers"),
        bits=table(registers["bits"], Bit, "bits"),
        errors=table(registers["errors"], Error, "errors"),
        counters=table(registers["counters"]["run"], Counter, "counters.run"),
        causes=table(registers["counters"]["causes"], Cause, "counters.causes"),
        engine_counters=registers["counters"]["engine"],
        counter_base=registers["counters"]["base"],
        roundings=table(arithmetic["roundings"], Rounding, "roundings"),
        latencies=table(pipeline["latencies"], Latency, "latencies"),
        depths=table(pipeline["depths"], Latency, "depths"),
        limits=table(pipeline["limits"], Number, "limits"),
        parameters=table(parameters["parameters"], Parameter, "parameters"),
        geometry=table(parameters["geometry"], Geometry, "geometry"),
        rules=table(parameters["rules"], Rule, "rules"),
        param_base=parameters["param_base"],
    )
    known = constants(spec)
    spec.parameters = [
        p._replace(default=known.get(p.default, p.default), meaning=p.meaning.format(**known))
        for p in spec.parameters
    ]
    spec.rules = [r._replace(allowed=r.allowed.format(**known)) for r in spec.rules]
    spec.all_fields = [f for group in spec.fields.values() for f in group]
    spec.places = {p.name: place_of(p) for p in spec.parameters}
    spec.param_words = 1 + max(place.word for place in spec.places.values())
    spec.engine_counter_bytes = 8 * len(spec.causes) * len(spec.engines)
    ends = [c.offset + 8 for c in spec.counters]
    spec.counter_end = max(ends + [spec.engine_counters + spec.engine_counter_bytes])
    spec.num_counters = (spec.counter_end - spec.counter_base) // 8
    return spec
