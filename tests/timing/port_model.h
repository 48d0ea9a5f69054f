// Which accesses of a program meet on the one-port memories of docs/isa.md, by listing every access
// of every instruction with its cycle. It is slow and plain on purpose, and shares neither method
// nor code with sw/functional/conflicts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/timing/cycle_stepper.h"

namespace systole::testing {

struct Collision {
  int64_t seen = 0;     // run control is told
  int engine = 0;       // who is named
  bool oldest = false;  // of sums or of pixels written
  uint32_t index = 0;
  int64_t cycle = 0;
};

// The first one of a program whose cycles are `steps`, in the order in which run control takes
// errors. ktab: rows x ROWS offsets of the lanes.
std::optional<Collision> FirstCollision(const std::vector<Instruction>& code,
                                        const StepResult& steps, const HwConfig& config,
                                        const Depths& depths, const std::vector<uint16_t>& ktab);

}  // namespace systole::testing
