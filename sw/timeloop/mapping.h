// Where each loop of a layer runs: level by level, side by side or one after the other.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sw/timeloop/architecture.h"
#include "sw/timeloop/problem.h"

namespace systole::timeloop {

// A loop of `bound` iterations over `dim`. Loops of bound 1 are left out of every list.
struct Loop {
  int dim = 0;
  int64_t bound = 1;
  bool y = false;  // of a spatial loop: along Y, otherwise along X
};

// The loops of one level, the innermost first. Spatial loops are inside its temporal ones and
// spread data over the children of one instance.
struct LevelLoops {
  std::vector<Loop> spatial, temporal;
  unsigned keep = 0;  // bit t: tensor t is kept here
};

struct Mapping {
  std::vector<LevelLoops> levels;  // as Architecture::levels
};

// What is wrong with it as a mapping of this problem, whatever the design holds: "" if nothing.
// Products that are not the bounds, and a tensor that is kept nowhere.
std::string MappingError(const Problem& problem, const Mapping& mapping);

// The loop nest as a person reads it, the outermost loop first.
std::string NestText(const Problem& problem, const Architecture& arch, const Mapping& mapping);

}  // namespace systole::timeloop
