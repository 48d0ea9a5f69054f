// The best mapping of a space, proved.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sw/timeloop/evaluation.h"
#include "sw/timeloop/objective.h"
#include "sw/timeloop/space.h"

namespace systole::timeloop {

struct MapOptions {
  Objective objective = Objective::kEdp;
  int64_t most_nodes = 0;  // 0: until it is proved
};

// `bound`: no mapping of the space is better by more than 1e-12 of it (edp: energy x cycles;
// energy; cycles, and then energy). It is the found one's value unless `most_nodes` ended the
// search. Of equal mappings the first in the search's fixed order is given.
struct MapResult {
  bool found = false;  // false: no mapping of the space fits
  Mapping mapping;
  Evaluation evaluation;
  double value = 0, bound = 0;
  bool proved = false;
  int64_t tasks = 0;      // choices of bypass and spatial factors
  int64_t nodes = 0;      // bounds computed
  int64_t evaluated = 0;  // mappings evaluated
  double seconds = 0;
};

// Throws InputError for a space that is not modelled.
MapResult FindBest(const Spec& spec, const MapOptions& options);

// Calls `visit` with every mapping of the space: all factors, and all orders or those that matter.
// For tests, of small spaces.
void VisitAll(const Spec& spec, bool all_orders, const std::function<void(const Mapping&)>& visit);

}  // namespace systole::timeloop
