// The steps of a tile in time: what it moves by, how often, and how many words each step brings.
#pragma once

#include <array>
#include <cstdint>

#include "sw/timeloop/evaluation.h"

namespace systole::timeloop {

using Vector = std::array<int64_t, kMaxAxes>;  // words along each axis of a tensor

// A temporal loop above the tile, with its step along the tensor's axes.
struct WalkLoop {
  int64_t bound;
  Vector step;
};

enum class StepType { kNone, kFull, kPartial };  // all words new; none; some kept

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

// Words delivered to one instance. `loops`: all temporal loops above the tile, the innermost first,
// bounds above 1. `lengths`: of the tile, along each of `axes` axes.
double WalkWords(const WalkLoop* loops, int count, const Vector& lengths, int axes, Rules rules);

// The same with its classes of steps.
void WalkTile(const WalkLoop* loops, int count, const Vector& lengths, int axes, Rules rules,
              Walk* walk);

}  // namespace systole::timeloop
