// A step prepared for an accelerator: how it lies on the array, and what a rectangle of its output
// needs on chip.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "sw/compiler/mapping_search.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/storage.h"
#include "sw/tiling/rect.h"
#include "sw/tiling/step.h"

namespace systole {

// A rectangle of one shape, wherever it lies.
struct RectPlan {
  Stage stage;
  Storage in;
  int lead = 0;  // bytes before the first line that its first beat may bring
  std::vector<Tile> tiles;
  std::vector<std::vector<PostPiece>> pieces;  // per tile
  int Bytes() const { return lead + in.slot_bytes; }
};

class Part {
 public:
  // `images`: of a batched step. Throws MisfitError where the configuration lacks what the stage
  // needs, or not even one pooling window fits into the accumulators.
  // `whole_pixels`: every pixel of the input is there, whichever are used.
  Part(const Step& step, const HwConfig& config, bool pack, int images, bool whole_pixels = false);

  const Step& step() const { return *step_; }
  const Stage& stage() const { return bare_; }  // without weights
  const Mapping& mapping() const { return mapping_; }

  // A convolution of single pixels that uses only every n-th of them sees a smaller input.
  int every_y() const { return every_y_; }
  int every_x() const { return every_x_; }

  // Outputs by which rectangles are cut, so that cells stay whole.
  int UnitY() const { return std::max(1, mapping_.ph / bare_.pool_h); }
  int UnitX() const { return std::max(1, mapping_.pw / bare_.pool_w); }

  // nullptr: its tiles do not fit into the accumulators.
  const RectPlan* Plan(const Rect& rect);

  // Cycles of the array, and of POST, for a rectangle of that plan.
  int64_t ArrayCycles(const RectPlan& plan) const;

 private:
  const Step* step_;
  HwConfig config_;
  Stage bare_;
  Mapping mapping_;
  int every_y_ = 1, every_x_ = 1;
  TileSearch tile_search_;
  PostPlanner post_;
  std::map<std::array<int, 13>, std::unique_ptr<RectPlan>> plans_;
};

}  // namespace systole
