// Work as a program: places on chip, loads ahead of their users, and the tokens that keep every
// order which matters.
#pragma once

#include <vector>

#include "sw/isa/config.h"
#include "sw/tiling/work.h"

namespace systole {

// How the activation buffer is shared: input strips from 0 on, results behind them, then what is
// added to results before they are stored.
struct Zones {
  int input = 0, output = 0, residual = 0;  // bytes
};

// How constants are loaded: together up to the 1 / `share` part of the weight buffer, and the 1 /
// `part` part of what came before; while some wait for room, `ahead` others may pass them.
struct LoadPolicy {
  int share = 8, part = 8, ahead = 4;
};

struct WrittenProgram {
  std::vector<Instruction> code;
  std::vector<int32_t> row_of;  // per instruction: report row
  std::vector<Observation> observations;
};

// Operations [first, last) as a program of its own: nothing is on chip when it begins, and what
// operations before it stored lies in memory. Throws MisfitError where a single operation needs
// more of a memory than there is.
WrittenProgram WriteProgram(const Work& work, uint32_t first, uint32_t last, const HwConfig& config,
                            const Zones& zones, const LoadPolicy& loads);

}  // namespace systole
