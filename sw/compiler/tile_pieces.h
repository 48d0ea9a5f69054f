// POST's pieces of every tile, planned when first needed and then shared by all images.
#pragma once

#include <vector>

#include "sw/compiler/constants.h"
#include "sw/compiler/planned_stage.h"
#include "sw/compiler/post_plan.h"

namespace systole {

// A piece of POST's work with its parameter row and channels [channel0, channel1).
struct PlacedPiece {
  PostPiece piece;
  int parameter_row, channel0, channel1;
};

// Keeps its memory from schedule to schedule.
class TilePieces {
 public:
  struct Range {
    int begin = -1, end = -1;
  };

  void Clear(const std::vector<PlannedStage>& stages);

  // The pieces of the job's tile (of all its folds); parameters are added to `constants` in the
  // order of first use.
  Range Of(const Job& job, const PlannedStage& stage, Constants* constants);
  const PlacedPiece& operator[](int index) const { return pieces_[index]; }

 private:
  std::vector<size_t> first_;  // per stage: its first range, by tile and images
  std::vector<Range> ranges_;
  std::vector<PlacedPiece> pieces_;
  std::vector<PostPiece> of_tile_;
  PostPlanner planner_;
};

}  // namespace systole
