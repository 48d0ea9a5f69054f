#include "sw/timeloop/walk.h"

#include <algorithm>
#include <cstdlib>

namespace systole::timeloop {
namespace {

struct Delivery {
  double words;
  StepType type;
};

Delivery Deliver(const Vector& move, const Vector& lengths, int axes) {
  int64_t all = 1, kept = 1;
  bool moved = false;
  for (int a = 0; a < axes; ++a) {
    moved |= move[a] != 0;
    all *= lengths[a];
    kept *= std::max<int64_t>(0, lengths[a] - std::abs(move[a]));
  }
  if (!moved) return {0, StepType::kNone};
  return {static_cast<double>(all - kept), kept > 0 ? StepType::kPartial : StepType::kFull};
}

bool Equal(const Vector& a, const Vector& b, int axes) {
  for (int i = 0; i < axes; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// Calls `add` with every class of steps.
template <typename Add>
void Steps(const WalkLoop* loops, int count, const Vector& lengths, int axes, Rules rules,
           const Add& add) {
  double volume = 1;
  for (int a = 0; a < axes; ++a) volume *= static_cast<double>(lengths[a]);
  add(1, Delivery{volume, StepType::kFull}, false, StepType::kNone, lengths);
  if (count == 0) return;
  const Vector& inner = loops[0].step;
  const Delivery step = Deliver(inner, lengths, axes);
  const double steps = static_cast<double>(loops[0].bound - 1);
  add(steps, step, true, StepType::kFull, inner);
  double outside = 1;  // iterations of the loops outside the second
  for (int i = 1; i < count; ++i) outside *= static_cast<double>(loops[i].bound);
  Vector back{};  // what the loops inside this one have moved when it advances
  for (int j = 1; j < count; ++j) {
    const int64_t inside = rules == Rules::kTimeloop ? 1 : loops[j - 1].bound - 1;
    Vector move;
    for (int a = 0; a < axes; ++a) {
      back[a] += inside * loops[j - 1].step[a];
      move[a] = loops[j].step[a] - back[a];
    }
    const double through = outside;
    outside /= static_cast<double>(loops[j].bound);
    const double wraps = through - outside;
    Delivery wrap = {volume, StepType::kFull};
    if (rules == Rules::kPhysical) {
      wrap = Deliver(move, lengths, axes);
    } else if (Equal(move, inner, axes)) {
      wrap = step;  // the walk goes on with the same stride
    }
    add(wraps, wrap, true, step.type, move);
    add(steps * wraps, step, true, wrap.type, inner);
  }
}

}  // namespace

double WalkWords(const WalkLoop* loops, int count, const double* above, const Vector& lengths,
                 int axes, Rules rules) {
  double total = 0;
  if (rules == Rules::kPhysical) {
    Steps(loops, count, lengths, axes, rules,
          [&](double weight, const Delivery& d, bool, StepType, const Vector&) {
            total += weight * d.words;
          });
    return total;
  }
  double volume = 1;
  for (int a = 0; a < axes; ++a) volume *= static_cast<double>(lengths[a]);
  if (count == 0) return volume;
  const Vector& inner = loops[0].step;
  const Delivery step = Deliver(inner, lengths, axes);
  if (step.words == volume) return volume * above[0];  // whether the walk goes on or turns
  total = volume + static_cast<double>(loops[0].bound - 1) * above[1] * step.words;
  Vector back{};
  for (int j = 1; j < count; ++j) {
    bool equal = true;
    for (int a = 0; a < axes; ++a) {
      back[a] += loops[j - 1].step[a];
      equal &= loops[j].step[a] - back[a] == inner[a];
    }
    total += (above[j] - above[j + 1]) * (equal ? step.words : volume);
  }
  return total;
}

void WalkTile(const WalkLoop* loops, int count, const Vector& lengths, int axes, Rules rules,
              Walk* walk) {
  walk->count = 0;
  walk->total = 0;
  Steps(loops, count, lengths, axes, rules,
        [&](double weight, const Delivery& d, bool has_previous, StepType previous,
            const Vector& move) {
          if (d.words == 0 || weight == 0) return;
          walk->classes[walk->count++] = {weight, d.words, d.type, has_previous, previous, move};
          walk->total += weight * d.words;
        });
}

}  // namespace systole::timeloop
