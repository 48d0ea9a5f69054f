// A stage with everything decided but time, and the unit in which it is scheduled.
#pragma once

#include <vector>

#include "sw/compiler/constants.h"
#include "sw/compiler/mapping.h"
#include "sw/compiler/slice_needs.h"
#include "sw/compiler/stage.h"
#include "sw/compiler/tiles.h"

namespace systole {

struct PlannedStage {
  const Stage* stage = nullptr;
  Mapping mapping;
  std::vector<Tile> tiles;
  SliceNeeds needs;
  std::vector<FoldRows> rows;  // per fold
  std::vector<int> lane_rows;  // output stationary, per tile: its row of the offset table
  int images_per_tile = 1;     // > 1: batched; a tile of several images (whole images)
};

// Some folds of a tile of a stage, for some images.
struct Job {
  int stage = 0;
  int image = 0, images = 0;
  int tile = 0;
  int fold0 = 0, fold1 = 0;  // half open
};

}  // namespace systole
