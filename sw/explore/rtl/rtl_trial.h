// One program on the verilated RTL, and what the cycle model and golden say of it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sw/compare/compare.h"
#include "sw/compare/target.h"
#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/timing/laws.h"

namespace systole::explore {

struct RtlTrial {
  TimingView model, rtl;
  RowCycles model_rows, rtl_rows;  // by row of Program::report
  int64_t bytes = 0;               // compared: every observed tensor and the stored outputs
  Differences differences;         // bytes; stamps, totals and counters of setup and code
};

// Runs program.code once on random images of this seed. The library is built. Throws InputError,
// HardwareError.
RtlTrial TryOnRtl(const Model& model, const Program& program, const MemoryTiming& memory,
                  uint64_t seed);

// Random bytes, the same for the same seed.
std::vector<int8_t> RandomBytes(size_t count, uint64_t seed);

}  // namespace systole::explore
