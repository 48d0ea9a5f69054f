// Size of a configuration, after what synthesis made of three (docs/performance.md#gates).
#pragma once

#include "sw/isa/config.h"

namespace systole::energy {

// Generic gates and flip-flops of Yosys, bits of memories.
struct Area {
  double gates = 0, flops = 0, memory_bits = 0;

  // In gates: a flip-flop as kFlop, a memory's bit as kBit, which is about what they take beside a
  // two-input gate in 45 nm.
  static constexpr double kFlop = 5.7, kBit = 0.9;
  double Gates() const { return gates + kFlop * flops + kBit * memory_bits; }
};

// Of the RTL that was synthesised, which was larger than today's. Memory bits are exact. Gates and
// flip-flops are those of synthesis for 8x8, 16x16 and row stationary 12x14 (to 0.5 %) and go in
// between and beyond as the modules do: elements and their spads, rows, columns, lanes, banks,
// groups, queues. The bus's width, WPORT, OUTSTANDING and ROUNDINGS move nothing here, and all of
// POST's options are built.
Area AreaOf(const HwConfig& config);

}  // namespace systole::energy
