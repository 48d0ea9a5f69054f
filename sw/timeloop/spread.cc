#include "sw/timeloop/spread.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

namespace systole::timeloop {
namespace {

// Do children exist side by side whose offsets differ by `move`? False is certain.
bool MayLink(const Vector& move, const SpreadLoop* loops, int count, int axes, bool uniform) {
  bool still = true;
  for (int a = 0; a < axes; ++a) {
    int64_t reach = 0;
    for (int i = 0; i < count; ++i) reach += (loops[i].bound - 1) * loops[i].step[a];
    if (std::abs(move[a]) > reach) return false;
    still &= move[a] == 0;
  }
  if (!still || !uniform) return true;
  for (int i = 0; i < count; ++i) {  // equal offsets: only where a loop does not index the tensor
    bool indexed = false;
    for (int a = 0; a < axes; ++a) indexed |= loops[i].step[a] != 0;
    if (!indexed) return true;
  }
  return false;
}

// No two loops step along the same axis: different indices are different offsets.
bool Uniform(const SpreadLoop* loops, int count, int axes) {
  for (int a = 0; a < axes; ++a) {
    int movers = 0;
    for (int i = 0; i < count; ++i) movers += loops[i].step[a] != 0 ? 1 : 0;
    if (movers > 1) return false;
  }
  return true;
}

// Every child's offset, as one number that is the same for equal offsets alone; differences of
// offsets are differences of these numbers.
class Children {
 public:
  Children(const SpreadLoop* loops, int count, int64_t fanout_x, int64_t fanout_y, int axes)
      : axes_(axes) {
    int64_t total = 1, x = 1, y = 1;
    Vector reach{};
    for (int i = 0; i < count; ++i) {
      total *= loops[i].bound;
      (loops[i].y ? y : x) *= loops[i].bound;
      for (int a = 0; a < axes; ++a) reach[a] += (loops[i].bound - 1) * loops[i].step[a];
    }
    across_ = std::max(fanout_x, x);
    down_ = std::max(fanout_y, y);
    int64_t radix = 1;
    for (int a = 0; a < axes; ++a) {
      radix_[a] = radix;
      reach_[a] = reach[a];
      radix *= 4 * reach[a] + 1;  // differences of differences stay apart
    }
    keys_.resize(total);
    for (int64_t id = 0; id < total; ++id) {
      int64_t rest = id, key = 0;
      for (int i = 0; i < count; ++i) {
        const int64_t index = rest % loops[i].bound;
        rest /= loops[i].bound;
        for (int a = 0; a < axes; ++a) key += index * loops[i].step[a] * radix_[a];
      }
      keys_[id] = key;
    }
  }

  int64_t Count() const { return static_cast<int64_t>(keys_.size()); }

  // Children a neighbour of which had, one step before, what they need now.
  std::vector<bool> Linked(const Vector& move) const {
    std::vector<bool> linked(keys_.size(), false);
    int64_t key = 0;
    for (int a = 0; a < axes_; ++a) {
      if (std::abs(move[a]) > reach_[a]) return linked;
      key += move[a] * radix_[a];
    }
    const auto had = [&](int64_t i, int64_t j) {
      return j >= 0 && j < Count() && keys_[j] - keys_[i] == key;
    };
    for (int64_t i = 0; i < Count(); ++i) {
      bool found = down_ > 1 && (had(i, i - across_) || had(i, i + across_));
      if (across_ > 1) {
        found |= i % across_ > 0 && had(i, i - 1);
        found |= i % across_ < across_ - 1 && had(i, i + 1);
      }
      linked[i] = found;
    }
    return linked;
  }

  // Different offsets among the children that are not in `but`.
  int64_t Groups(const std::vector<bool>& but) const {
    std::set<int64_t> keys;
    for (int64_t i = 0; i < Count(); ++i) {
      if (but.empty() || !but[i]) keys.insert(keys_[i]);
    }
    return static_cast<int64_t>(keys.size());
  }

 private:
  int axes_;
  int64_t across_ = 1, down_ = 1;
  Vector radix_{}, reach_{};
  std::vector<int64_t> keys_;
};

}  // namespace

Spread SpreadWalk(const Walk& walk, const SpreadLoop* loops, int count, int64_t fanout_x,
                  int64_t fanout_y, int axes) {
  const bool uniform = Uniform(loops, count, axes);
  bool may_link = false;
  for (int i = 0; i < walk.count && !may_link; ++i) {
    const StepClass& step = walk.classes[i];
    if (!step.has_previous || step.type != step.previous) continue;
    may_link = MayLink(step.move, loops, count, axes, uniform);
  }
  double groups = 1, all = 1;
  for (int i = 0; i < count; ++i) {
    bool indexed = false;
    for (int a = 0; a < axes; ++a) indexed |= loops[i].step[a] != 0;
    all *= static_cast<double>(loops[i].bound);
    if (indexed) groups *= static_cast<double>(loops[i].bound);
  }
  if (uniform && !may_link) return {walk.total * groups, walk.total * all, 0};

  const Children children(loops, count, fanout_x, fanout_y, axes);
  const int64_t every = children.Groups({});
  Spread spread;
  for (int i = 0; i < walk.count; ++i) {
    const StepClass& step = walk.classes[i];
    const double words = step.weight * step.words;
    int64_t served = children.Count(), read = every;
    if (step.has_previous && step.type == step.previous) {
      const std::vector<bool> linked = children.Linked(step.move);
      const int64_t rest = children.Groups(linked);
      if (rest < every) {
        read = rest;
        for (const bool one : linked) served -= one ? 1 : 0;
        spread.links += words * static_cast<double>(children.Count() - served);
      }
    }
    spread.parent += words * static_cast<double>(read);
    spread.children += words * static_cast<double>(served);
  }
  return spread;
}

}  // namespace systole::timeloop
