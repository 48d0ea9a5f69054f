// Runs a compiled model on the functional executor and compares every observed tensor with the
// golden reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/compiler.h"
#include "sw/model/model.h"
#include "sw/timing/timeline.h"

namespace systole {

struct ProgramCheck {
  std::string problem;         // empty: everything equal
  int64_t bytes_compared = 0;  // of all observed tensors
  Timeline timeline;           // of `code`
  Program program;
};

// images: options.images x C x H x W, int8 domain. The model's multipliers are chosen.
ProgramCheck CheckProgram(const Model& model, const HwConfig& config, const ProgramOptions& options,
                          const MemoryTiming& timing, const std::vector<int8_t>& images);

}  // namespace systole
