"""What the definitions must agree on among themselves."""

from .expression import bounds
from .load import require


def unique(names, what):
    seen = set()
    for name in names:
        require(name not in seen, f"{what} {name!r} stands twice")
        seen.add(name)


def check_fields(spec):
    unique([f.name for f in spec.all_fields], "field")
    common = spec.fields["common"]
    by_name = {f.name: f for f in spec.all_fields}
    for group, names in spec.reuse.items():
        require(group in spec.fields, f"reuse: unknown group {group}")
        for name in names:
            require(name in by_name, f"reuse of {group}: unknown field {name}")
    for group, fields in spec.fields.items():
        owner = {}
        reused = [by_name[name] for name in spec.reuse.get(group, [])]
        for field in common if group == "common" else common + fields + reused:
            require(field.width >= 1 and field.lsb >= 0, f"field {field.name}: no bits")
            require(
                field.lsb + field.width <= spec.instruction_bits,
                f"field {field.name} ends past bit {spec.instruction_bits - 1}",
            )
            for bit in range(field.lsb, field.lsb + field.width):
                require(
                    bit not in owner, f"fields {owner.get(bit)} and {field.name} share bit {bit}"
                )
                owner[bit] = field.name


def check_widths(spec):
    unique([w.name for w in spec.widths], "width")
    bits = {f.name: f.width for f in spec.all_fields}
    for width in spec.widths:
        first = width.fields[0]
        for field in width.fields:
            require(field in bits, f"width {width.name}: unknown field {field}")
            require(
                bits[field] == bits[first],
                f"width {width.name}: {first} has {bits[first]} bits, {field} {bits[field]}",
            )


def check_opcodes(spec):
    unique([o.name for o in spec.opcodes], "opcode")
    unique([o.code for o in spec.opcodes], "opcode code")
    for opcode in spec.opcodes:
        engine = (opcode.code >> 4) - 1
        require(
            0 <= engine < len(spec.engines),
            f"opcode {opcode.name}: high nibble {opcode.code >> 4} is no engine + 1",
        )
        sync = opcode.name == f"Sync{spec.engines[engine]}"
        require(
            sync == (opcode.code & 0xF == spec.sync_nibble),
            f"opcode {opcode.name}: the low nibble {spec.sync_nibble:X} belongs to Sync alone",
        )
    for engine in spec.engines:
        require(any(o.name == f"Sync{engine}" for o in spec.opcodes), f"no Sync{engine}")
    require(
        [f.name for f in spec.fields["common"]][1 : 1 + len(spec.engines)]
        == [f"Pop{e}" for e in spec.engines],
        "the Pop fields are not one for each engine, in their order",
    )


def check_registers(spec):
    taken = {r.offset: r.name for r in spec.registers}
    unique([r.name for r in spec.registers], "register")
    unique([r.offset for r in spec.registers], "register offset")
    more = [(spec.param_base + 4 * w, f"Param{w}") for w in range(spec.param_words)]
    more += [(c.offset + half, c.name) for c in spec.counters for half in (0, 4)]
    more += [
        (spec.engine_counters + 4 * i, "engine counters")
        for i in range(spec.engine_counter_bytes // 4)
    ]
    for offset, name in more:
        require(
            offset not in taken, f"offset 0x{offset:03X} is taken by {taken.get(offset)} and {name}"
        )
        taken[offset] = name
    for offset, name in taken.items():
        require(offset % 4 == 0 and offset < 1 << spec.address_bits, f"{name}: offset 0x{offset:X}")
    for counter in spec.counters:
        require(
            counter.offset % 8 == 0 and counter.offset >= spec.counter_base,
            f"counter {counter.name}: offset 0x{counter.offset:03X}",
        )
    held = set(c.offset for c in spec.counters)
    held |= {spec.engine_counters + 8 * i for i in range(spec.engine_counter_bytes // 8)}
    for offset in range(spec.counter_base, spec.counter_end, 8):
        require(offset in held, f"counters leave a hole at 0x{offset:03X}")
    unique([(b.register, b.bit) for b in spec.bits], "bit")
    unique([e.name for e in spec.errors], "error")


def check_parameters(spec):
    unique([p.name for p in spec.parameters], "parameter")
    taken = {}
    for name, place in spec.places.items():
        for bit in range(place.lsb, place.lsb + place.width):
            at = (place.word, bit)
            require(at not in taken, f"{taken.get(at)} and {name} share a bit of PARAM{at[0]}")
            taken[at] = name
    ruled = {r.parameter for r in spec.rules}
    for p in spec.parameters:
        require(p.name in ruled, f"parameter {p.name} has no rule")
        require(p.default < 1 << spec.places[p.name].width, f"{p.name}: default does not fit")
        highest = bounds(spec, p.name)[1]
        width = spec.places[p.name].width
        require(
            highest < 1 << width, f"{p.name}: {highest} does not fit into {width} bits of PARAM"
        )
    width_of = {f.name: f.width for f in spec.all_fields}
    for h in spec.holds:
        most = bounds(spec, h.parameter)[1] - h.less
        width = width_of[h.field]
        require(
            most < 1 << width,
            f"{h.field}: {most} ({h.parameter} less {h.less}) does not fit into its {width} bits",
        )
    for rule in spec.rules:
        require(rule.parameter in spec.places, f"rule of an unknown parameter {rule.parameter}")


def check_arithmetic(spec):
    unique([r.name for r in spec.roundings], "rounding")
    width = next(f.width for f in spec.all_fields if f.name == "PoRounding")
    require(
        len(spec.roundings) <= 1 << width,
        f"{len(spec.roundings)} rounding modes do not fit into the {width} bits of PoRounding",
    )
    place = spec.places["ROUNDINGS"]
    require(
        len(spec.roundings) <= place.width,
        f"{len(spec.roundings)} rounding modes do not fit into the {place.width} bits of ROUNDINGS",
    )


def check(spec):
    """Raises SpecError for the first contradiction."""
    check_fields(spec)
    check_widths(spec)
    check_opcodes(spec)
    check_registers(spec)
    check_arithmetic(spec)
    check_parameters(spec)
