// The steps of a tile in time: what it moves by, how often, and how many words each step brings.
#pragma once

#include <cstdint>

#include "sw/timeloop/evaluation.h"
#include "sw/timeloop/tensor_table.h"

namespace systole::timeloop {

// A temporal loop above the tile, with its step along the tensor's axes.
struct WalkLoop {
  int64_t bound;
  Vector step;
};

enum class StepType { kNone, kFull, kPartial };  // none; all words new; some kept

// A class of steps alike: `weight` of them, each bringing `words`.
struct StepClass {
  double weight;
  double words;
  StepType type;
  bool has_previous;
  StepType previous;
  Vector move;
};

struct Walk {
  static constexpr int kMaxClasses = 2 * kMaxDims * kMaxLevels + 2;
  StepClass classes[kMaxClasses];
  int count = 0;
  double total = 0;  // words delivered to one instance
};

// `loops`: all temporal loops above the tile, the innermost first, bounds above 1. `above`: of each
// the product of its bound and all outside it, and 1 behind the last. `lengths`: of the tile, along
// each of `axes` axes. Words delivered to one instance:
double WalkWords(const WalkLoop* loops, int count, const double* above, const Vector& lengths,
                 int axes, Rules rules);

// The same with its classes of steps.
void WalkTile(const WalkLoop* loops, int count, const Vector& lengths, int axes, Rules rules,
              Walk* walk);

}  // namespace systole::timeloop
