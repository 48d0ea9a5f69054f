// A step prepared for an accelerator: how it lies on the array, and what a rectangle of its output
// needs on chip.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sw/compiler/mapping_search.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/row_plan.h"
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
  RowPlan row;                                 // with ENGINE = 1: of these tiles
  int Bytes() const { return lead + in.slot_bytes; }
};

// How a stage lies on the row-stationary array; the plan's blocks are the mapping's folds.
struct RowShape {
  RowPlan plan;
  Mapping mapping;
};

// What parts of equal stages have in common, for one configuration: a network is written in several
// ways, whose steps are mostly the same.
class PartCache {
 public:
  struct Shape {
    Stage bare;  // without weights
    Mapping mapping;
    int every_y = 1, every_x = 1;
    std::map<std::array<int, 15>, std::unique_ptr<RectPlan>> plans;
    // With ENGINE = 1 by the lines and pixels of a rectangle; 0, 0: of any.
    std::map<std::pair<int, int>, std::unique_ptr<RowShape>> rows;
  };
  // Of a stage without weights; new ones are empty.
  std::shared_ptr<Shape> Find(const Stage& bare, bool pack, bool whole_pixels, bool batched);

 private:
  std::map<std::pair<std::string, std::vector<int>>, std::shared_ptr<Shape>> shapes_;
};

class Part {
 public:
  // `images`: of a batched step. Throws MisfitError where the configuration lacks what the stage
  // needs, or not even one pooling window fits into the accumulators.
  // `whole_pixels`: every pixel of the input is there, whichever are used.
  Part(const Step& step, const HwConfig& config, bool pack, int images, bool whole_pixels,
       PartCache* cache);

  const Step& step() const { return *step_; }
  const Stage& stage() const { return shape_->bare; }  // without weights
  const Mapping& mapping() const { return row_ != nullptr ? row_->mapping : shape_->mapping; }

  // A convolution of single pixels that uses only every n-th of them sees a smaller input.
  int every_y() const { return shape_->every_y; }
  int every_x() const { return shape_->every_x; }

  // With ENGINE = 1: how it lies on the row-stationary array.
  const RowPlan* row() const { return row_ != nullptr ? &row_->plan : nullptr; }
  // With ENGINE = 1: from now on mapped for rectangles like this one. Throws MisfitError.
  void Focus(const Rect& rect);
  // Are strips narrower than the output worth trying where whole lines fit, too: do lines that one
  // vector would bring lie too far apart, or are a tile's pixels lines?
  bool narrow() const;

  // Rows of the weight buffer, of a bank, that its weights take.
  int64_t WeightRows() const;
  // Channels of a fold, at most.
  int FoldChannels() const {
    if (row() != nullptr) return row()->BlockFilters();
    return mapping().InputStationary() ? mapping().cols : config_.cols;
  }
  // What the line pitch of its input has to be modulo the banks; -1: any pitch will do.
  int Residue() const;
  // Bytes from a rectangle's first line to past the last one that is read, of lines `pitch` apart;
  // -1: they lie too far apart.
  int64_t InputBytesOf(const RectPlan& plan, int pitch) const;
  std::string Describe() const;

  // Outputs by which rectangles are cut, so that cells stay whole.
  int UnitY() const { return std::max(1, mapping().ph / stage().pool_h); }
  int UnitX() const { return std::max(1, mapping().pw / stage().pool_w); }

  // nullptr: its tiles do not fit into the accumulators.
  const RectPlan* Plan(const Rect& rect);

  // Cycles of the array, and of POST, for a rectangle of that plan.
  int64_t ArrayCycles(const RectPlan& plan) const;

 private:
  const Step* step_;
  HwConfig config_;
  std::shared_ptr<PartCache::Shape> shape_;
  const RowShape* row_ = nullptr;
  std::pair<int, int> focus_{0, 0};
  TileSearch tile_search_;
  PostPlanner post_;
};

}  // namespace systole
