// The loops around instructions, walked in the nest's order.
#pragma once

#include <array>

#include "sw/nest/nest_plan.h"

namespace systole::nest {

class NestWalk {
 public:
  explicit NestWalk(const NestPlan& plan) : p_(plan), index_(plan.around.size(), 0) {}

  // The next instruction; false: that was the last one.
  bool Next() {
    for (size_t i = 0; i < index_.size(); ++i) {
      if (++index_[i] < p_.around[i].bound) return true;
      index_[i] = 0;
    }
    return false;
  }

  // First index along a dimension, of the whole layer; of the tile in the buffer.
  int64_t Origin(Dim d) const { return Sum(d, true); }
  int64_t InTile(Dim d) const { return Origin(d) - TileOrigin(d); }
  int64_t TileOrigin(Dim d) const { return Sum(d, false); }

  // Is it the first of its job that adds to its sums? The first, the last of its job?
  bool First() const {
    for (size_t i = 0; i < p_.job_loops; ++i) {
      if (Reduces(p_.around[i].dim) && index_[i] > 0) return false;
    }
    return true;
  }
  bool JobBegins() const {
    return All([](int64_t index, int64_t) { return index == 0; });
  }
  bool JobEnds() const {
    return All([](int64_t index, int64_t bound) { return index == bound - 1; });
  }
  // Its sums' place in the job; the job's number.
  int64_t Place() const {
    return Number(0, p_.job_loops, [](Dim d) { return !Reduces(d); });
  }
  int64_t Job() const {
    return Number(p_.job_loops, index_.size(), [](Dim) { return true; });
  }
  // Its block of resident weights, and which instruction's weights of the block.
  int64_t WeightBlock() const { return Number(p_.resident, index_.size(), MovesWeights); }
  int64_t WeightsOfBlock() const { return Number(0, p_.resident, MovesWeights); }
  // Its tile of the inputs.
  int64_t Tile() const {
    int64_t number = 0;
    for (size_t i = index_.size(); i-- > 0;) {
      const StepLoop& loop = p_.around[i];
      if (!loop.memory || !MovesInputs(loop.dim, p_.nest.map.depthwise)) continue;
      number = number * loop.bound + index_[i];
    }
    return number;
  }

 private:
  int64_t Sum(Dim d, bool all) const {
    int64_t sum = 0;
    for (size_t i = 0; i < index_.size(); ++i) {
      if (p_.around[i].dim == d && (all || p_.around[i].memory))
        sum += index_[i] * p_.around[i].unit;
    }
    return sum;
  }
  template <typename Is>
  bool All(const Is& is) const {
    for (size_t i = 0; i < p_.job_loops; ++i) {
      if (!is(index_[i], p_.around[i].bound)) return false;
    }
    return true;
  }
  // The innermost loop counts fastest.
  template <typename Counts>
  int64_t Number(size_t first, size_t last, const Counts& counts) const {
    int64_t number = 0;
    for (size_t i = last; i-- > first;) {
      if (counts(p_.around[i].dim)) number = number * p_.around[i].bound + index_[i];
    }
    return number;
  }

  const NestPlan& p_;
  std::vector<int64_t> index_;
};

}  // namespace systole::nest
