// The mappings that constraints leave: how the bounds may be split, who may be kept where.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/timeloop/spec.h"

namespace systole::timeloop {

// One choice of what is kept where and of all spatial factors. What is left of each bound is
// split over the temporal lists.
struct SpaceTask {
  std::array<unsigned, kMaxLevels> keep{};
  std::array<std::array<int64_t, kMaxDims>, kMaxLevels> spatial{};  // factors, by level
  std::vector<int64_t> rest;                                        // by dimension
  double steps = 1;  // temporal iterations: the product of `rest`
};

class MapSpace {
 public:
  // Throws InputError where the constraints say what is not modelled. `join`: places
  // for a loop where no tile ever fits are left out; of places equal in every number one is left.
  explicit MapSpace(const Spec& spec, bool join = true);

  const Spec& spec() const { return *spec_; }

  // All tasks, in a fixed order.
  std::vector<SpaceTask> Tasks() const;

  // The ways to split `rest` of dimension d over the temporal lists, in a fixed order: factors by
  // level. Empty where a fixed factor does not divide it.
  std::vector<std::array<int64_t, kMaxLevels>> TemporalSplits(int d, int64_t rest) const;

  // May the temporal list of level b have a loop over d above 1?
  bool Free(int b, int d) const { return free_[b][d]; }

  // Dimensions that are certainly inside d in the temporal list of b, whatever order is free.
  unsigned Inside(int b, int d) const { return inside_[b][d]; }
  // Dimensions of the temporal list of b whose order is free.
  unsigned Unordered(int b) const { return unordered_[b]; }

  // Spatial loops of level b with the factors of a task, in their order, bounds above 1.
  std::vector<Loop> SpatialLoops(int b, const SpaceTask& task) const;
  // The temporal loops of level b: the fixed inside, then `order` of the others, then the fixed
  // outside.
  std::vector<Loop> TemporalLoops(int b, const std::vector<int>& order,
                                  const std::array<int64_t, kMaxDims>& factors) const;

 private:
  void DropWhatNeverFits();
  void JoinLists();

  const Spec* spec_;
  bool free_[kMaxLevels][kMaxDims] = {};
  int64_t fixed_[kMaxLevels][kMaxDims] = {};  // temporal; 1 where nothing is said and nothing free
  unsigned inside_[kMaxLevels][kMaxDims] = {};
  unsigned unordered_[kMaxLevels] = {};
};

std::vector<int64_t> Divisors(int64_t n);

}  // namespace systole::timeloop
