// How one step's words reach the children of a level: one read serves all that want the same
// words (multicast; of results: their sum), and a neighbour may pass on what it had.
#pragma once

#include "sw/timeloop/walk.h"

namespace systole::timeloop {

struct SpreadLoop {
  int64_t bound;
  bool y;
  Vector step;  // along the tensor's axes
};

// Over the whole run of one parent instance.
struct Spread {
  double parent = 0;    // words read from (of results: written to) the parent
  double children = 0;  // words that arrive at children from it
  double links = 0;     // words that arrive from neighbours
};

// `loops`: the spatial loops, the innermost first, bounds above 1. `fanout_x`, `fanout_y`: of the
// level, which say who is a neighbour.
Spread SpreadWalk(const Walk& walk, const SpreadLoop* loops, int count, int64_t fanout_x,
                  int64_t fanout_y, int axes);

}  // namespace systole::timeloop
