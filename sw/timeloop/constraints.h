// What the mappings of a design may be: fixed factors, fixed orders, who is kept where.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/timeloop/mapping.h"

namespace systole::timeloop {

// Of one list of loops, temporal or spatial.
struct ListRule {
  std::vector<int64_t> factor;  // by dimension; 0: free
  std::vector<int> inner;       // these dimensions come first (innermost), in this order
  std::vector<int> outer;       // these come last, in this order, the last one outermost
  int split = -1;               // spatial: so many of the order are along X; -1: all
};

struct LevelRule {
  ListRule temporal, spatial;
  unsigned keep = 0, bypass = 0;  // bit t: fixed so; in neither: searched both ways
};

struct Constraints {
  std::vector<LevelRule> levels;  // as Architecture::levels
};

// What a design without any constraint permits; the outermost level keeps everything.
Constraints NoConstraints(const Problem& problem, const Architecture& arch);

}  // namespace systole::timeloop
