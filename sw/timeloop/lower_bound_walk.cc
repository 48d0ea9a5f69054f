#include <algorithm>

#include "sw/timeloop/lower_bound.h"

namespace systole::timeloop {
namespace {

struct AxisLoop {
  int64_t step;
  double bound;
};

constexpr int kMostLoops = 8;  // of one axis, for which sums are tried

// Sums of some of the loops' steps.
class Sums {
 public:
  Sums(const AxisLoop* loops, int count) : all_(1u << count) {
    sum_[0] = 0;
    for (int k = 0; k < count; ++k) {
      for (unsigned subset = 0; subset < 1u << k; ++subset) {
        sum_[subset | 1u << k] = sum_[subset] + loops[k].step;
      }
    }
  }

  // Is it the sum of some steps, without those of loops `i` and `j`? No loop gives 0.
  bool Without(int i, int j, int64_t sum) const {
    if (sum <= 0) return sum == 0;
    const unsigned but = 1u << i | 1u << j;
    for (unsigned subset = 1; subset < all_; ++subset) {
      if ((subset & but) == 0 && sum_[subset] == sum) return true;
    }
    return false;
  }

 private:
  const unsigned all_;
  int64_t sum_[1 << kMostLoops];
};

}  // namespace

void LowerBound::WalkAxis(const Term& term, const Partial& partial, size_t s,
                          AxisWalk* walk) const {
  const Tensor& tensor = problem_.tensors[term.tensor];
  const int axis = sum_axis_[term.tensor][s];
  AxisLoop loops[kMaxDims * kMaxLevels];
  int count = 0, moving = 0;
  bool open = false;
  int64_t words = 1, least = int64_t{1} << 60;
  double all = 1;
  for (const int d : sums_[term.tensor][s]) {
    const int64_t coefficient = tensor.Step(axis, d);
    int64_t inside = partial.extents[term.child][d];
    words += coefficient * (inside - 1);
    const int before = count;
    for (int b = term.child + 1; b < arch_.Levels(); ++b) {
      const int64_t factor = partial.factor[b][d];
      inside *= task_->spatial[b][d];
      if (factor == 1) continue;
      loops[count++] = {coefficient * inside, static_cast<double>(factor)};
      inside *= factor;
      all *= static_cast<double>(factor);
    }
    if ((partial.decided >> d & 1) == 0 && task_->rest[d] > 1) {  // it could still be anything
      open = true;
      ++moving;
      least = std::min(least, coefficient * partial.extents[term.child][d]);
    } else {
      moving += count > before ? 1 : 0;
    }
  }
  for (int k = 0; k < count; ++k) least = std::min(least, loops[k].step);
  const auto length = static_cast<double>(words);
  const bool reached = term.reach[s] > 0;
  walk->plain = length * all;
  if (open || count > kMostLoops) {
    const bool mixed = moving > 1;
    double smallest = open ? 2 : 1e300;
    for (int k = 0; k < count; ++k) smallest = std::min(smallest, loops[k].bound);
    walk->slide = length + (all - 1) * std::min(length, static_cast<double>(least));
    const bool near = reached && (least <= term.reach[s] || mixed);
    walk->linked = !term.one_walk || near || (term.shared && mixed);
    if (walk->linked) walk->slide *= !term.one_walk || near ? term.link[s] : 0.5;
    walk->still = mixed ? length * std::min(smallest, all) : walk->plain;
    return;
  }
  // All loops of the axis are known. `i` is the first one; another goes on where its step, less
  // what the loops inside have made, is that of `i`.
  walk->slide = walk->plain;
  walk->linked = false;
  const Sums sums(loops, count);
  for (int i = 0; i < count; ++i) {
    double on = loops[i].bound, whole = 1;
    bool cancels = false;
    for (int j = 0; j < count; ++j) {
      if (j == i) continue;
      const int64_t rest = loops[j].step - 2 * loops[i].step;
      const bool goes_on = moving > 0 && sums.Without(i, j, rest);
      (goes_on ? on : whole) *= loops[j].bound;
      if (moving > 1) {
        cancels |= sums.Without(i, j, loops[j].step - loops[i].step);
      }
    }
    const double move = std::min(length, static_cast<double>(loops[i].step));
    double slide = whole * (length + (on - 1) * move);
    const bool near = reached && (loops[i].step <= term.reach[s] || moving > 1);
    const bool linked = !term.one_walk || near || (term.shared && cancels);
    if (linked) slide *= !term.one_walk || near ? term.link[s] : 0.5;
    walk->slide = std::min(walk->slide, slide);
    walk->linked |= linked;
  }
  // Behind an idle loop a loop is free where its step is what those inside have made.
  double paid = 1, cheapest = 1e300;
  bool one_pays = false;
  for (int j = 0; j < count && moving > 1; ++j) {
    if (sums.Without(j, j, loops[j].step)) {
      cheapest = std::min(cheapest, loops[j].bound);
    } else {
      paid *= loops[j].bound;
      one_pays = true;
    }
  }
  walk->still = moving > 1 ? length * (one_pays ? paid : cheapest) : walk->plain;
}

// Words of a term whose loops that do not index the tensor count `idle` times. `idle_first`: some
// of them may be the innermost run.
double LowerBound::Words(const Term& term, const AxisWalk* walks, double idle,
                         bool idle_first) const {
  const size_t count = sums_[term.tensor].size();
  double all = term.single * idle;
  for (size_t s = 0; s < count; ++s) all *= walks[s].plain;
  double best = all;
  for (size_t s = 0; s < count; ++s) {
    const double others = all / walks[s].plain;
    // Where neighbours share, Timeloop cuts fractions of words off.
    const double slide = others * walks[s].slide - (walks[s].linked ? 1 : 0);
    best = std::min(best, slide);
    if (idle_first) best = std::min(best, others * walks[s].still);
  }
  return term.tangled ? std::max(0.0, best * term.tangle - 1) : std::max(0.0, best);
}

}  // namespace systole::timeloop
