// SCALE-Sim's folds of a layer on this project's array, by its laws (docs/timing.md), in cycles
// from the first in which the array is used to the one in which the last sum is in its accumulator.
//
//   a fold of SCALE-Sim         os  K + R + C - 2     ws, is  T + 2R + C - 2
//   the same fold here, alone   os  max(K, R - 1) + 2R + C + 5
//                               ws, is  T + R + 2C + 5; max(T, C, 3) for T where slices follow
//
// Input stationary is weight stationary with the operands exchanged: T counts filters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/scalesim/topology.h"
#include "sw/scalesim/types.h"

namespace systole::scalesim {

struct ArrayFolds {
  int64_t folds = 0;
  int64_t scale_sim = 0;  // all folds' lines
  int64_t apart = 0;  // cycles more of a fold here, as derived: R + 7, and what K lacks of R - 1;
                      // C - R + 7
  int64_t alone = 0;  // all folds here, one at a time, by the laws
  int64_t together = 0;  // by the laws, each behind the other as a program's are
};

// Of arrays of any size, also where none can be built; output stationary WPORT >= C / R. Throws
// InputError where the layer cannot be evaluated.
ArrayFolds FoldsOnArray(const Machine& machine, const Layer& layer);

// ARRAY_REPORT.csv of all layers.
std::string ArrayReport(const Machine& machine, const std::vector<NamedLayer>& layers);

}  // namespace systole::scalesim
