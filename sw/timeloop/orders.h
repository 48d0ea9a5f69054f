// The orders of a list's loops that can matter.
#pragma once

#include <vector>

#include "sw/timeloop/problem.h"

namespace systole::timeloop {

// Orders of `dims` (the innermost first), among which is, for every tensor at once, one as good as
// any order at all. What a walk rewards is its beginning (docs/energy.md#the-search): its first
// loop, the run of loops that do not index a tensor, and loops of one axis next to each other.
std::vector<std::vector<int>> OrdersThatMatter(const Problem& problem,
                                               const std::vector<int>& dims);

}  // namespace systole::timeloop
