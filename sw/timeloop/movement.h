// One tensor through all levels: what each reads, is filled with and updates.
#pragma once

#include "sw/timeloop/nest.h"
#include "sw/timeloop/spread.h"
#include "sw/timeloop/walk.h"

namespace systole::timeloop {

class Movement {
 public:
  Movement(const Problem& problem, const Architecture& arch, Rules rules);

  // The tiles of a mapping; Words(): by level, of what is kept.
  void SetMapping(const Mapping& mapping, const Nest& nest);
  const int64_t* Words() const { return words_; }
  void Run(int tensor, const Mapping& mapping, const Nest& nest, Evaluation* result);

 private:
  void CollectSteps();
  Spread Deliver(int c);
  double Groups(int b) const;
  void Count(int c, double content, double share, double links, Counts* counts) const;

  const Architecture& arch_;
  const Rules rules_;
  const int last_;  // level
  std::vector<TensorTable> tensors_;
  std::vector<int64_t> fanout_x_, fanout_y_;  // by level
  std::vector<double> whole_inverse_;         // of a level's block; 0: not a power of two

  int64_t tiles_[kMaxTensors][kMaxLevels] = {};
  int64_t words_[kMaxLevels] = {};

  // Of the current tensor.
  const TensorTable* what_ = nullptr;
  const Nest* nest_ = nullptr;
  const int64_t* tile_ = nullptr;       // words; where the tensor is kept or children differ
  int64_t partition_[kMaxLevels] = {};  // words that one instance is responsible for over the run
  WalkLoop temporal_[kMaxLoops];        // for tensors with an axis that is a sum
  SpreadLoop spatial_[kMaxLoops];
  Walk walk_;
  Children children_;
};

}  // namespace systole::timeloop
