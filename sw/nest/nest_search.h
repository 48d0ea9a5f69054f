// The best executable nest of a layer: by annealing, from a seed, so the same every time; found,
// not proved. Goes by the machine's counts, cycles and the table, or by Timeloop's.
#pragma once

#include <optional>

#include "sw/isa/config.h"
#include "sw/nest/nest_counts.h"
#include "sw/timeloop/objective.h"
#include "sw/timeloop/spec.h"

namespace systole::nest {

struct SearchOptions {
  timeloop::Objective objective = timeloop::Objective::kEdp;
  bool machine = true;          // false: Timeloop's energy and cycles
  bool row_stationary = false;  // all of R in an element, all of S along Y
  int64_t evaluations = 1000000;
  uint32_t seed = 1;
};

struct NestCost {
  double energy = 0, cycles = 0;
};
// The machine's: the table at its counts; the engine that is busy longest, LOAD and STORE by the
// bytes of the bus.
NestCost MachineCost(const NestPlan& plan, const timeloop::Spec& spec,
                     const timeloop::Evaluation& evaluation);

struct SearchResult {
  std::optional<timeloop::Mapping> mapping;
  double value = 0;
  int64_t executable = 0;  // of the nests looked at
};

// Nests that the files' constraints leave. Throws InputError where the layer has none at all.
SearchResult SearchNests(const timeloop::Spec& spec, const HwConfig& config,
                         const SearchOptions& options);

// Does a mapping keep to the constraints?
bool Keeps(const timeloop::Constraints& constraints, const timeloop::Mapping& mapping);

}  // namespace systole::nest
