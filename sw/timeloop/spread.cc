#include "sw/timeloop/spread.h"

#include <algorithm>
#include <cstdlib>

namespace systole::timeloop {

void Children::Set(const SpreadLoop* loops, int count, int64_t fanout_x, int64_t fanout_y,
                   int axes) {
  loops_ = loops;
  count_ = count;
  axes_ = axes;
  uniform_ = true;
  shared_ = false;
  groups_ = all_ = 1;
  reach_ = {};
  int64_t x = 1, y = 1;
  for (int i = 0; i < count; ++i) {
    bool indexed = false;
    for (int a = 0; a < axes; ++a) {
      if (loops[i].step[a] == 0) continue;
      indexed = true;
      uniform_ &= reach_[a] == 0;
      reach_[a] += (loops[i].bound - 1) * loops[i].step[a];
    }
    const auto bound = static_cast<double>(loops[i].bound);
    all_ *= bound;
    if (indexed) groups_ *= bound;
    shared_ |= !indexed;
    (loops[i].y ? y : x) *= loops[i].bound;
  }
  across_ = std::max(fanout_x, x);
  down_ = std::max(fanout_y, y);
}

// Do children exist side by side whose offsets differ by `move`? False is certain.
bool Children::MayLink(const Vector& move) const {
  bool still = true;
  for (int a = 0; a < axes_; ++a) {
    if (std::abs(move[a]) > reach_[a]) return false;
    still &= move[a] == 0;
  }
  return !still || !uniform_ || shared_;
}

// Links need a step and one before it of the same type. All new after all new: the first step and
// every turn, if the innermost loop's steps are all new, too. Some kept after some kept: that loop,
// where an outer one goes on.
bool Children::Simple(const WalkLoop* loops, int count, const Vector& lengths) const {
  if (!uniform_) return false;
  if (count == 0) return true;
  const Vector& inner = loops[0].step;
  bool moves = false, overlaps = true;
  for (int a = 0; a < axes_; ++a) {
    moves |= inner[a] != 0;
    overlaps &= std::abs(inner[a]) < lengths[a];
  }
  if (!moves) return true;  // steps of no words, and turns after them
  const bool near = MayLink(inner);
  if (!overlaps && near) return false;
  if (overlaps && !near) return true;
  Vector back{};
  for (int j = 1; j < count; ++j) {
    Vector move{};
    bool equal = true;
    for (int a = 0; a < axes_; ++a) {
      back[a] += loops[j - 1].step[a];
      move[a] = loops[j].step[a] - back[a];
      equal &= move[a] == inner[a];
    }
    if (overlaps ? equal : MayLink(move)) return false;
  }
  return true;
}

void Children::FindKeys() {
  const auto total = static_cast<int64_t>(all_);
  int64_t radix = 1;
  for (int a = 0; a < axes_; ++a) {
    radix_[a] = radix;
    radix *= 4 * reach_[a] + 1;  // differences of differences stay apart
  }
  keys_.assign(1, 0);
  for (int i = 0; i < count_; ++i) {
    int64_t step = 0;
    for (int a = 0; a < axes_; ++a) step += loops_[i].step[a] * radix_[a];
    const size_t inside = keys_.size();
    for (int64_t index = 1; index < loops_[i].bound; ++index) {
      for (size_t k = 0; k < inside; ++k) keys_.push_back(keys_[k] + index * step);
    }
  }
  different_ = keys_;
  std::sort(different_.begin(), different_.end());
  different_.erase(std::unique(different_.begin(), different_.end()), different_.end());
  rank_.resize(total);
  for (int64_t i = 0; i < total; ++i) {
    const auto found = std::lower_bound(different_.begin(), different_.end(), keys_[i]);
    rank_[i] = static_cast<int32_t>(found - different_.begin());
  }
}

// Marks the children a neighbour of which had, one step before, what they need now: how many.
int64_t Children::MarkLinked(const Vector& move) {
  const auto total = static_cast<int64_t>(keys_.size());
  linked_.assign(keys_.size(), 0);
  if (!MayLink(move)) return 0;
  int64_t key = 0, count = 0;
  for (int a = 0; a < axes_; ++a) key += move[a] * radix_[a];
  const auto had = [&](int64_t i, int64_t j) {
    return j >= 0 && j < total && keys_[j] - keys_[i] == key;
  };
  int64_t column = 0;
  for (int64_t i = 0; i < total; ++i) {
    bool found = down_ > 1 && (had(i, i - across_) || had(i, i + across_));
    if (across_ > 1) {
      found |= column > 0 && had(i, i - 1);
      found |= column < across_ - 1 && had(i, i + 1);
    }
    linked_[i] = found ? 1 : 0;
    count += found ? 1 : 0;
    column = column + 1 == across_ ? 0 : column + 1;
  }
  return count;
}

// Different offsets among the children that are not linked.
int64_t Children::CountGroups() {
  seen_.assign(different_.size(), 0);
  int64_t count = 0;
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (linked_[i] != 0) continue;
    uint8_t& seen = seen_[rank_[i]];
    count += seen == 0 ? 1 : 0;
    seen = 1;
  }
  return count;
}

Spread Children::Deliver(const Walk& walk) {
  bool may_link = false;
  for (int i = 0; i < walk.count && !may_link; ++i) {
    const StepClass& step = walk.classes[i];
    may_link = step.has_previous && step.type == step.previous && MayLink(step.move);
  }
  if (uniform_ && !may_link) return SimpleSpread(walk.total);
  FindKeys();
  const auto total = static_cast<int64_t>(keys_.size());
  const auto every = static_cast<int64_t>(different_.size());
  Spread spread;
  for (int i = 0; i < walk.count; ++i) {
    const StepClass& step = walk.classes[i];
    const double words = step.weight * step.words;
    int64_t served = total, read = every;
    if (step.has_previous && step.type == step.previous) {
      const int64_t linked = MarkLinked(step.move);
      const int64_t rest = linked == 0 ? every : CountGroups();
      if (rest < every) {
        read = rest;
        served -= linked;
        spread.links += words * static_cast<double>(linked);
      }
    }
    spread.parent += words * static_cast<double>(read);
    spread.children += words * static_cast<double>(served);
  }
  return spread;
}

}  // namespace systole::timeloop
