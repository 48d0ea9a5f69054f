// A read buffer whose bandwidth is estimated (CALC mode): it never stalls; it counts what it has to
// fetch.
//
// A request whose word was not asked for since the last boundary is a miss. After every W = 50 S
// misses, S = floor(size / 100), stands a boundary, at which everything is forgotten. Fetched words
// = misses.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/scalesim/stream.h"

namespace systole::scalesim {

struct CalcFetches {
  int64_t misses = 0;
  int64_t boundaries = 0;
  int64_t last_boundary_line = -1;
  int64_t crowded_line =
      -1;  // a line with two boundaries after the first one, where SCALE-Sim divides by zero
};

// Lines of the boundaries are appended to `lines` if it is given.
CalcFetches CountCalcFetches(const Stream& stream, int64_t buffer_words,
                             std::vector<int64_t>* lines = nullptr);

}  // namespace systole::scalesim
