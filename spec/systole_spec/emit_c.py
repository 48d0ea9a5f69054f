"""The C header for firmware."""

import textwrap

from .load import upper

HEADER = """\
/* The accelerator for firmware in C99: registers and their bits, counters, error codes, parameters
   as the PARAM registers tell them, opcodes, instruction fields, rounding modes.
   Generated from spec/ by `make spec`: edit the definitions there, not this file. */
#ifndef SYSTOLE_HW_H
#define SYSTOLE_HW_H

#include <stdint.h>

"""

ACCESS = """\
/* An instruction: SYSTOLE_INSTRUCTION_WORDS little-endian 32-bit words. Fields are named by
   SYSTOLE_FIELD_<NAME>, which stands for the pair (lowest bit, width). */
static inline void systole_set(uint32_t *words, unsigned lsb, unsigned width, uint64_t value) {
  for (unsigned i = 0; i < width; ++i) {
    const uint32_t mask = (uint32_t)1 << ((lsb + i) % 32);
    const uint32_t bit = (uint32_t)(value >> i) & 1 ? mask : 0;
    words[(lsb + i) / 32] = (words[(lsb + i) / 32] & ~mask) | bit;
  }
}

static inline uint64_t systole_get(const uint32_t *words, unsigned lsb, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) {
    value |= (uint64_t)(words[(lsb + i) / 32] >> ((lsb + i) % 32) & 1) << i;
  }
  return value;
}

"""


def define(name, value, comment=""):
    text = f"#define SYSTOLE_{name} {value}"
    if not comment:
        return text
    line = f"{text} /* {comment} */"
    return line if len(line) <= 88 else wrap_comment(comment) + "\n" + text


def wrap_comment(comment):
    return "/* " + "\n   ".join(textwrap.wrap(comment, 94)) + " */"


def header(spec):
    version = spec.version[0] << 16 | spec.version[1]
    out = [define("ID", f"0x{spec.id:08X}u"), define("VERSION", f"0x{version:08X}u"), ""]
    out += ["/* Registers, byte offsets */"]
    hexa = lambda offset: f"0x{offset:03X}u"
    out += [define(f"REG_{upper(r.name)}", hexa(r.offset), r.meaning) for r in spec.registers]
    out += [define(f"REG_PARAM{w}", hexa(spec.param_base + 4 * w)) for w in range(spec.param_words)]
    out += ["", "/* Counters: low word, the high word 4 bytes on; read low, then high */"]
    out += [define(f"REG_CNT_{upper(c.name)}", hexa(c.offset), c.meaning) for c in spec.counters]
    step = 8 * len(spec.causes)
    out += [
        define("REG_CNT_ENGINE", hexa(spec.engine_counters)),
        define(
            "REG_CNT(engine, cause)",
            f"(SYSTOLE_REG_CNT_ENGINE + {step}u * (engine) + 8u * (cause))",
        ),
    ]
    out += [define(f"CAUSE_{upper(c.name)}", i, c.meaning) for i, c in enumerate(spec.causes)]
    out += ["", "/* Bits of registers, as masks */"]
    out += [define(f"{upper(b.register)}_{upper(b.name)}", f"0x{1 << b.bit:X}u") for b in spec.bits]
    out += ["", "/* Parameters: PARAM register, lowest bit, width */"]
    for p in spec.parameters:
        place = spec.places[p.name]
        out += [
            define(f"PARAM_{p.name}_REG", f"SYSTOLE_REG_PARAM{place.word}", p.meaning),
            define(f"PARAM_{p.name}_LSB", place.lsb),
            define(f"PARAM_{p.name}_W", place.width),
        ]
    out += ["", "/* Register ERROR: [7:0] code, [15:8] engine */"]
    out += [define(f"ENGINE_{e.upper()}", i) for i, e in enumerate(spec.engines)]
    out += [define("ENGINE_FETCH", spec.fetch_engine)]
    out += [define(f"ERR_{upper(e.name)}", i, e.text) for i, e in enumerate(spec.errors)]
    out += ["", define("INSTRUCTION_WORDS", spec.instruction_bits // 32)]
    out += [define(f"OP_{upper(o.name)}", f"0x{o.code:02X}", o.meaning) for o in spec.opcodes]
    out += [""]
    out += [define(f"ROUND_{upper(r.name)}", i, r.meaning) for i, r in enumerate(spec.roundings)]
    out += ["", "/* Instruction fields: lowest bit, width */"]
    out += [
        define(f"FIELD_{upper(f.name)}", f"{f.lsb}, {f.width}", f.meaning) for f in spec.all_fields
    ]
    return HEADER + "\n".join(out) + "\n\n" + ACCESS + "#endif\n"
