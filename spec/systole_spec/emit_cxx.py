"""C++: the X-macro file of the instruction set and the headers of sw/isa."""

import textwrap

from .expression import Emitter, bounds
from .load import camel, snake, upper
from .text import wrap

SOURCE = "// Generated from spec/ by `make spec`: edit the definitions there, not this file.\n"

FIELDS_HEADER = """\
// The instruction set, the register map and the error codes, as macros to be defined before this
// file is included: OPCODE(name, code), FIELD(name, lsb, width), REG(name, offset),
// ERROR_CODE(name, code, text).
"""


def fields_def(spec):
    out = [FIELDS_HEADER + SOURCE]
    for macro in ("FIELD(name, lsb, width)", "OPCODE(name, code)", "REG(name, offset)"):
        out.append(f"#ifndef {macro.split('(')[0]}\n#define {macro}\n#endif")
    out.append("#ifndef ERROR_CODE\n#define ERROR_CODE(name, code, text)\n#endif\n")
    out += [f"OPCODE({o.name}, 0x{o.code:02X})  // {o.meaning}" for o in spec.opcodes]
    for group, fields in spec.fields.items():
        out.append(f"\n// {group}")
        out += [f"FIELD({f.name}, {f.lsb}, {f.width})" for f in fields]
    out.append("")
    out += [f"REG({r.name}, 0x{r.offset:03X})" for r in spec.registers]
    out += [f"REG(Param{w}, 0x{spec.param_base + 4 * w:03X})" for w in range(spec.param_words)]
    out += [f"REG(Cnt{c.name}, 0x{c.offset:03X})" for c in spec.counters]
    out += [f"REG(CntEngine, 0x{spec.engine_counters:03X})", ""]
    for code, e in enumerate(spec.errors):
        line = f'ERROR_CODE({e.name}, {code}, "{e.text}")'
        if len(line) > 100:
            line = f'ERROR_CODE({e.name}, {code},\n           "{e.text}")'
        out.append(line)
    out.append("\n#undef FIELD\n#undef OPCODE\n#undef REG\n#undef ERROR_CODE")
    return "\n".join(out) + "\n"


REGISTERS_HEADER = """\
// Register offsets of the AXI4-Lite port, the bits within them, and the counters' places.
"""


def registers_h(spec):
    version = spec.version[0] << 16 | spec.version[1]
    causes = ", ".join(f"k{c.name} = {i}" for i, c in enumerate(spec.causes))
    bits = "\n".join(
        f"inline constexpr uint32_t k{b.register}{b.name} = {1 << b.bit};" for b in spec.bits
    )
    return f"""\
{REGISTERS_HEADER}{SOURCE}#pragma once

#include <cstdint>

namespace systole::reg {{

#define REG(name, offset) inline constexpr uint32_t k##name = offset;
#include "sw/isa/fields.def"

inline constexpr uint32_t kIdValue = 0x{spec.id:08X};
inline constexpr uint32_t kVersionValue = 0x{version:08X};
{bits}

// All counters lie from kCntFirst to before kCntEnd, 8 bytes each.
inline constexpr uint32_t kCntFirst = 0x{spec.counter_base:03X};
inline constexpr uint32_t kCntEnd = 0x{spec.counter_end:03X};

// Causes of the per-engine counters.
enum class Cause {{ {causes} }};
inline constexpr int kNumCauses = {len(spec.causes)};
constexpr uint32_t EngineCounter(int engine, Cause cause) {{
  return kCntEngine + {8 * len(spec.causes)} * static_cast<uint32_t>(engine) +
         8 * static_cast<uint32_t>(cause);
}}

}}  // namespace systole::reg
"""


def counters_h(spec):
    run = "\n".join(wrap(f"  uint64_t {snake(c.name)} = 0;", c.meaning) for c in spec.counters)
    causes = "\n".join(wrap(f"    uint64_t {snake(c.name)} = 0;", c.meaning) for c in spec.causes)
    rows = "\n".join(
        f'    {{"{snake(c.name)}", reg::kCnt{c.name}, &HardwareCounters::{snake(c.name)}}},'
        for c in spec.counters
    )
    cause_rows = "\n".join(
        f'    {{"{snake(c.name)}", reg::Cause::k{c.name},'
        f" &HardwareCounters::EngineCycles::{snake(c.name)}}},"
        for c in spec.causes
    )
    return f"""\
// The performance counters of a run, and the tables over which driver, reports and comparisons go.
{SOURCE}#pragma once

#include <array>
#include <cstdint>

#include "sw/isa/isa.h"
#include "sw/isa/registers.h"

namespace systole {{

// For each engine the causes add up to `total`.
struct HardwareCounters {{
  struct EngineCycles {{
{causes}
  }};
{run}
  std::array<EngineCycles, kNumEngines> engine;
}};

struct CounterInfo {{
  const char* name;  // as in reports
  uint32_t offset;   // register of the low word
  uint64_t HardwareCounters::*member;
}};
inline constexpr CounterInfo kCounters[] = {{
{rows}
}};

struct CauseInfo {{
  const char* name;
  reg::Cause cause;
  uint64_t HardwareCounters::EngineCycles::*member;
}};
inline constexpr CauseInfo kCauses[] = {{
{cause_rows}
}};

}}  // namespace systole
"""


def rounding_modes_h(spec):
    codes = "\n".join(wrap(f"  k{r.name} = {i},", r.meaning) for i, r in enumerate(spec.roundings))
    names = "\n".join(f'    "{r.text}",' for r in spec.roundings)
    cases = "\n".join(
        f"    case Rounding::k{r.name}:\n"
        f"      return f(std::integral_constant<Rounding, Rounding::k{r.name}>());"
        for r in spec.roundings
    )
    return f"""\
// The rounding modes of requantization: codes (instruction field, RTL, files) and names.
{SOURCE}#pragma once

#include <cstdint>
#include <type_traits>

namespace systole {{

enum class Rounding : uint8_t {{
{codes}
}};
inline constexpr int kNumRoundings = {len(spec.roundings)};
inline constexpr int kAllRoundings = (1 << kNumRoundings) - 1;

// Indexed by the code.
inline constexpr const char* kRoundingNames[] = {{
{names}
}};

// f(std::integral_constant<Rounding, mode>()): from a mode at run time to one at compile time. The
// last one is also what no mode's code comes to.
template <typename F>
inline auto WithRounding(Rounding mode, F&& f) {{
  switch (mode) {{
{cases}
  }}
  return f(std::integral_constant<Rounding, Rounding::k{spec.roundings[-1].name}>());
}}

}}  // namespace systole
"""


def pipeline_h(spec):
    rows = "\n".join(
        f"// {n.unit}: {n.meaning}\ninline constexpr int k{n.name} = {n.value};"
        for n in spec.limits
    )
    return f"""\
// Fixed sizes that the RTL and the software share.
{SOURCE}#pragma once

namespace systole::pipeline {{

{rows}

}}  // namespace systole::pipeline
"""


def timing_pipeline_h(spec):
    members = "\n".join(
        "\n".join(f"  // {line}" for line in textwrap.wrap(n.meaning, 95))
        + f"\n  int {snake(n.name)} = {n.value};"
        for n in spec.latencies
    )
    return f"""\
// The depths of the RTL's pipelines in cycles: every offset of the timing laws, each once. All
// stamps (matmul_law.h, post_law.h, transfer_law.h, fetch_law.h) are sums of these.
{SOURCE}#pragma once

namespace systole {{

struct Pipeline {{
{members}
}};

}}  // namespace systole
"""


class Cxx(Emitter):
    def __init__(self, spec, object_prefix=""):
        self.geometry = {g.name for g in spec.geometry}
        self.parameters = {p.name for p in spec.parameters}
        self.object_prefix = object_prefix

    def name(self, name):
        if name in self.geometry:
            return f"{self.object_prefix}{camel(name)}()"
        if name in self.parameters:
            return self.object_prefix + name.lower()
        if name == "ALL_ROUNDINGS":
            return "kAllRoundings"
        return f"pipeline::k{camel(name)}"

    def call(self, name, a):
        if name == "max":
            return f"std::max({{{', '.join(a)}}})"
        if name == "min":
            return f"std::min({{{', '.join(a)}}})"
        return {"pow2": "NextPowerOfTwo", "power_of_two": "IsPowerOfTwo"}[name] + f"({a[0]})"


def allowed(spec, parameter):
    # Rules may share a text.
    texts = dict.fromkeys(r.allowed for r in spec.rules if r.parameter == parameter.name)
    return "; ".join(texts)


def lowest_highest(spec, parameter):
    return "{}, {}".format(*bounds(spec, parameter.name))


def config_h(spec):
    members = "\n".join(
        wrap(f"  int {p.name.lower()} = {p.default};", p.meaning) for p in spec.parameters
    )
    emit = Cxx(spec)
    geometry = "\n".join(
        f"  // {g.meaning}\n  int {camel(g.name)}() const {{ return {emit.text(g.value)}; }}"
        for g in spec.geometry
    )
    rows = "\n".join(
        f'    {{"{p.name}", "{p.name.lower()}", &HwConfig::{p.name.lower()},\n'
        f"     {place.word}, {place.lsb}, {place.width},\n"
        f'     {lowest_highest(spec, p)}, "{allowed(spec, p)}", "{p.meaning}"}},'
        for p, place in ((p, spec.places[p.name]) for p in spec.parameters)
    )
    return f"""\
// Elaboration parameters of the accelerator: what the RTL is built with and every other description
// is told.
{SOURCE}#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "sw/isa/pipeline.h"

namespace systole {{

inline constexpr bool IsPowerOfTwo(int v) {{ return v > 0 && (v & (v - 1)) == 0; }}
inline constexpr int NextPowerOfTwo(int v) {{
  int power = 1;
  while (power < v) power *= 2;
  return power;
}}

struct HwConfig {{
{members}

{geometry}

  // Folder-name form; of the defaults
  // "{example_key(spec)}".
  std::string Key() const;
  // What the register PARAM<word> reads.
  uint32_t ParamWord(int word) const;
}};

// Throws InputError naming the parameter, its value and what is allowed.
void Validate(const HwConfig& config);

// The parameters in the order of the RTL's parameter list, each with its place in the PARAM
// registers.
struct ParameterInfo {{
  const char* name;  // as in the RTL
  const char* key;   // the same in small letters, as in files
  int HwConfig::*member;
  int word, lsb, width;
  int lowest, highest;  // whatever the other parameters are
  const char* allowed;  // in words
  const char* meaning;
}};
inline constexpr int kNumParameters = {len(spec.parameters)};
inline constexpr int kParamWords = {spec.param_words};
inline constexpr ParameterInfo kParameters[kNumParameters] = {{
{rows}
}};

}}  // namespace systole
"""


def split_key(parameter):
    letter, _, form = parameter.key.partition(":")
    return letter, form


def example_key(spec):
    return "".join(f"{split_key(p)[0]}{p.default:{split_key(p)[1]}}" for p in spec.parameters)


def config_cc(spec):
    form = "".join(
        split_key(p)[0] + ("{:" + split_key(p)[1] + "}" if split_key(p)[1] else "{}")
        for p in spec.parameters
    )
    members = ", ".join(p.name.lower() for p in spec.parameters)
    emit = Cxx(spec, "c.")
    rules = "\n".join(
        f'  Require({emit.text(r.condition)}, "{r.parameter}", c.{r.parameter.lower()},'
        f' "{r.allowed}");'
        for r in spec.rules
    )
    return f"""\
{SOURCE}#include "sw/isa/config.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/isa/rounding_modes.h"

namespace systole {{
namespace {{

void Require(bool ok, const char* name, int value, const char* allowed) {{
  if (!ok)
    throw InputError(
        fmt::format("parameter {{}}={{}} is not possible; allowed: {{}}", name, value, allowed));
}}

}}  // namespace

std::string HwConfig::Key() const {{
  return fmt::format("{form}", {members});
}}

uint32_t HwConfig::ParamWord(int word) const {{
  uint32_t value = 0;
  for (const ParameterInfo& p : kParameters) {{
    if (p.word == word) value |= static_cast<uint32_t>(this->*p.member) << p.lsb;
  }}
  return value;
}}

void Validate(const HwConfig& c) {{
{rules}
}}

}}  // namespace systole
"""
