// Every point of a space, most of them without an evaluation: a bound from below says that they
// cannot be among the best.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sw/explore/search/problem.h"
#include "sw/explore/search/search.h"

namespace systole::explore {

struct BoundedOptions {
  // Of one objective so many best are found, the first of equals; of several the whole front.
  int64_t keep = 1;
  // No design comes below it in any objective (as Evaluation has them); false: the point is not in
  // the space.
  std::function<bool(const Point&, std::vector<double>*)> bound;
  int batch = 1;  // points evaluated at once
  // Called with the points decided since the last call.
  std::function<void(int64_t)> progress;
  std::function<bool()> stop;
};

struct BoundedResult {
  SearchResult search;
  int64_t hopeless = 0;  // points that their bound decided
  int64_t outside = 0;   // points that are not in the space
};

// Points in the order of their bounds in the first objective. Throws InputError for more than 2^26
// points.
BoundedResult BoundedSearch(Problem* problem, const BoundedOptions& options);

}  // namespace systole::explore
