// Every depth of the pipelines, each to be changed alone, in sw/timing and in the cycle stepper.
#pragma once

#include <vector>

#include "sw/timing/law_config.h"
#include "tests/timing/cycle_stepper.h"

namespace systole::testing {

struct DepthChange {
  const char* name;
  int Pipeline::*law;
  int Depths::*stepper;
};

inline std::vector<DepthChange> DepthChanges() {
#define DEPTH(name) \
  { #name, &Pipeline::name, &Depths::name }
  return {DEPTH(issue_to_work),
          DEPTH(slot_to_activation_read),
          DEPTH(slot_to_array),
          DEPTH(accumulator_read_to_write),
          DEPTH(matmul_error_to_control),
          DEPTH(tap_to_write),
          DEPTH(add_to_write),
          DEPTH(beat_to_write),
          DEPTH(read_to_bus),
          DEPTH(start_to_fetch),
          DEPTH(arrival_to_dispatch),
          DEPTH(dispatch_to_head),
          DEPTH(give_to_take),
          DEPTH(retire_to_done)};
#undef DEPTH
}

// One cycle more than the RTL has.
inline MemoryTiming Changed(int64_t latency, const DepthChange& change) {
  MemoryTiming timing{latency};
  ++(timing.pipeline.*change.law);
  return timing;
}
inline Depths Changed(const DepthChange& change) {
  Depths depths;
  ++(depths.*change.stepper);
  return depths;
}

}  // namespace systole::testing
