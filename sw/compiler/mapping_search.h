// The search for a stage's mapping and tiles.
#pragma once

#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/stage.h"
#include "sw/compiler/tiles.h"
#include "sw/isa/config.h"

namespace systole {

// Cells that several pixels of a dense stage share: the most pixels a side, and how many may share
// a fold's columns.
constexpr int kMaxCellSide = 8;
inline bool MayShareColumns(int pixels, int outputs, const HwConfig& config) {
  return int64_t{pixels} * outputs <= int64_t{4} * config.cols;
}

// Cycles of the array for a tile.
int64_t MappingCycles(const Mapping& mapping, const Tile& tile, const HwConfig& config);

// In which dataflows the stage takes fewer of the array's cycles than weight stationary; output
// stationary as many will do.
std::vector<Dataflow> DataflowsThatMayPay(Stage stage, const HwConfig& config, bool pack);

// Keeps its memory from search to search.
class MappingSearch {
 public:
  // The mapping with the fewest cycles for the stage on this array, without `pack` of those with
  // one pixel a vector, and its tiles: none if not even one pooling window fits into the
  // accumulators. `tap_groups`: the most that column mode may have. Of a stage that asks for
  // another dataflow, and can be so, the best one of that.
  void Choose(const Stage& stage, const HwConfig& config, bool pack, Mapping* mapping,
              std::vector<Tile>* tiles, int tap_groups = 1);

 private:
  bool ChooseOutputStationary(const Stage& stage, const HwConfig& config, bool pack);
  bool ChooseInputStationary(const Stage& stage, const HwConfig& config, bool pack);
  // Judges the candidate and takes it if it is better than the best so far.
  void Consider(const Stage& stage, const HwConfig& config);

  Mapping candidate_, best_;
  std::vector<Tile> candidate_tiles_, best_tiles_;
  double best_cost_ = 0;
  TileSearch tile_search_;
  PostPlanner post_;
};

}  // namespace systole
