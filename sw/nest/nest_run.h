// A planned nest on the descriptions: every output with the plain convolution, every cycle with the
// cycle model.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sw/compare/compare.h"
#include "sw/compare/target.h"
#include "sw/nest/nest_program.h"

namespace systole::nest {

struct BackendResult {
  std::string name;
  uint64_t cycles = 0;
  HardwareCounters counters;
  int64_t lone_syncs = 0;  // SyncMatmuls that found the array at rest: busy cycles of their own
  int64_t wrong = 0;       // bytes of the outputs
  ActionCounts actions;    // of `rtl`, if it counts them
};

struct NestResult {
  NestProgram made;
  TimingView law;                       // the cycle model's
  int64_t lone_syncs = 0;               // its
  std::vector<BackendResult> backends;  // as asked for
  Differences differences;
};

// `backends`: of "tlm" and "rtl". Differences: of bytes, stamps and counters.
NestResult RunNest(const NestPlan& plan, const std::vector<std::string>& backends, uint32_t seed,
                   const TargetSettings& settings);

}  // namespace systole::nest
