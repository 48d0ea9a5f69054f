// Runs a tiled program on the functional executor, every layer from memory to memory, and compares
// what it stored with the golden reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/timing/timeline.h"

namespace systole {

struct TiledCheck {
  std::string problem;  // empty: every byte of every tensor that stays equals golden's
  uint64_t cycles = 0;
  Program program;
};

// images: options.images x C x H x W, int8 domain.
TiledCheck CheckTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                      const MemoryTiming& timing, const std::vector<int8_t>& images,
                      bool reuse = false);

}  // namespace systole
