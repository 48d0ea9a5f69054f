#include "sw/compiler/mapping_search.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "sw/compiler/column_mapping.h"
#include "sw/compiler/input_mapping.h"
#include "sw/compiler/output_mapping.h"

namespace systole {
namespace {

constexpr double kPackingGain = 0.98;
constexpr double kImpossible = std::numeric_limits<double>::infinity();

// The window of a fold, cut into slices.
void SetWindow(Fold& fold, WindowOrder order, int h, int w, int c0, int nc, int rows) {
  fold.window_h = h;
  fold.window_w = w;
  fold.c0 = c0;
  fold.nc = nc;
  fold.rows = rows;
  fold.run = order == WindowOrder::kFlattened ? h * w * nc
             : order == WindowOrder::kByRow   ? w * nc
                                              : nc;
  fold.run_slices = (fold.run + rows - 1) / rows;
  fold.slices = h * w * nc / fold.run * fold.run_slices;
}

void EveryCellAVector(Mapping* mapping) {
  mapping->tap_groups.clear();
  mapping->vector_step = 1;
  mapping->vector_tail = 0;
  mapping->tile_rows = mapping->lane_lines = mapping->input_cols = 0;
}

// Lanes of a slice, and columns of a fold.
struct Array {
  int rows, cols;
};

// Makes the mapping output stationary: its folds' slices are of one lane.
void MakeOutputStationary(const Stage& stage, const HwConfig& config, Mapping* mapping) {
  mapping->tile_rows = config.rows;
  mapping->lane_lines = stage.conv_h > mapping->ph ? mapping->ph * stage.stride_h : 0;
}

// All input channels, cells of ph x pw pixels, columns in (pixel, channel) order cut into folds of
// COLS.
void DenseMapping(const Stage& stage, const Array& array, int ph, int pw, Mapping* mapping) {
  const bool dilated = stage.dilation_h > 1 || stage.dilation_w > 1;
  const int total = ph * pw * stage.cout;
  EveryCellAVector(mapping);
  mapping->ph = ph;
  mapping->pw = pw;
  mapping->joint = ph * pw > 1;
  mapping->order = !dilated                ? WindowOrder::kFlattened
                   : stage.dilation_w == 1 ? WindowOrder::kByRow
                                           : WindowOrder::kByPixel;
  mapping->window_w = 1;
  mapping->block = total;
  mapping->cols = array.cols;
  mapping->folds.clear();
  for (int first = 0; first < total; first += array.cols) {
    Fold fold;
    fold.first_column = first;
    fold.columns = std::min(total - first, array.cols);
    const int pixel0 = first / stage.cout, pixel1 = (first + fold.columns - 1) / stage.cout;
    fold.dy = pixel0 / pw;
    const int dy_max = pixel1 / pw;
    // Over several rows of the cell, the pixels reach from its left to its right.
    fold.dx = dy_max > fold.dy ? 0 : pixel0 - fold.dy * pw;
    const int dx_max = dy_max > fold.dy ? pw - 1 : pixel1 - dy_max * pw;
    fold.window_h = stage.kernel_h + (dy_max - fold.dy) * stage.stride_h;
    mapping->window_w =
        std::max(mapping->window_w, stage.kernel_w + (dx_max - fold.dx) * stage.stride_w);
    mapping->folds.push_back(fold);
  }
  const int w = mapping->order == WindowOrder::kFlattened ? mapping->window_w : stage.kernel_w;
  for (Fold& fold : mapping->folds)
    SetWindow(fold, mapping->order, fold.window_h, w, 0, stage.cin, array.rows);
}

// Grouped convolution, block-diagonal: a fold serves as many groups as fit in the columns and one
// slice's lanes.
void GroupedMapping(const Stage& stage, const HwConfig& config, Mapping* mapping) {
  const int cg = stage.InGroup(), og = stage.OutGroup();
  const int block = std::max(1, std::min(config.cols / og, config.rows / cg));
  EveryCellAVector(mapping);
  mapping->ph = mapping->pw = 1;
  mapping->joint = false;
  mapping->order = WindowOrder::kByPixel;
  mapping->window_w = stage.kernel_w;
  mapping->block = block * og;
  mapping->cols = config.cols;
  mapping->folds.clear();
  for (int g = 0; g < stage.groups; g += block) {
    const int groups = std::min(block, stage.groups - g);
    for (int first = 0; first < groups * og; first += config.cols) {
      Fold fold;
      fold.first_column = g * og + first;
      fold.columns = std::min(groups * og - first, config.cols);
      SetWindow(fold, mapping->order, stage.kernel_h, stage.kernel_w, g * cg, groups * cg,
                config.rows);
      mapping->folds.push_back(fold);
    }
  }
}

// Output stationary: a fold a group, or several of it.
void GroupByGroup(const Stage& stage, const Array& array, Mapping* mapping) {
  const int cg = stage.InGroup(), og = stage.OutGroup();
  EveryCellAVector(mapping);
  mapping->ph = mapping->pw = 1;
  mapping->joint = false;
  mapping->order = WindowOrder::kByPixel;
  mapping->window_w = stage.kernel_w;
  mapping->block = og;
  mapping->cols = array.cols;
  mapping->folds.clear();
  for (int g = 0; g < stage.groups; ++g) {
    for (int first = 0; first < og; first += array.cols) {
      Fold fold;
      fold.first_column = g * og + first;
      fold.columns = std::min(og - first, array.cols);
      SetWindow(fold, mapping->order, stage.kernel_h, stage.kernel_w, g * cg, cg, array.rows);
      mapping->folds.push_back(fold);
    }
  }
}

// Pooling needs whole windows inside a cell's axis, or no packing along that axis.
bool PackingAllowed(const Stage& stage, int ph, int pw) {
  if (ph * pw == 1) return true;
  if (stage.dilation_h > 1 || stage.dilation_w > 1) return false;
  if (stage.pool_h * stage.pool_w == 1)
    return stage.pool_stride_h == 1 && stage.pool_stride_w == 1 && !stage.by_count;
  const Padding& p = stage.pool_pad;
  if (p.top + p.left + p.bottom + p.right > 0) return false;
  if (stage.pool_dilation_h > 1 || stage.pool_dilation_w > 1) return false;
  if (ph > 1 && (stage.pool_h != stage.pool_stride_h || ph % stage.pool_h != 0)) return false;
  if (pw > 1 && (stage.pool_w != stage.pool_stride_w || pw % stage.pool_w != 0)) return false;
  return true;
}

int64_t MatmulCycles(const Mapping& mapping, int64_t vectors, const HwConfig& config) {
  const LawConfig laws = PlanningLaws(config);
  int64_t cycles = 0;
  for (const Fold& fold : mapping.folds) {
    cycles += ShapeOfMatmul(vectors, fold.slices, fold.columns, laws).Occupancy();
  }
  return cycles;
}

// A lower bound of MappingCycles() of all tiles.
int64_t LeastCycles(const Stage& stage, const Mapping& mapping, const HwConfig& config) {
  if (mapping.OutputStationary() || mapping.InputStationary()) return 0;
  return MatmulCycles(mapping, LeastVectors(stage, mapping.ph, mapping.pw), config);
}

// A lower bound of the cost of cells of ph x pw: every fold reads at least a kernel.
double LeastCost(const Stage& stage, const HwConfig& config, int ph, int pw) {
  const int64_t folds = (int64_t{ph} * pw * stage.cout + config.cols - 1) / config.cols;
  const int64_t slices =
      (int64_t{stage.kernel_h} * stage.kernel_w * stage.cin + config.rows - 1) / config.rows;
  const double matmul = static_cast<double>(LeastVectors(stage, ph, pw) * folds * slices);
  const double post = static_cast<double>(PostPlanner::LeastCost(stage, ph, pw, config));
  return std::max(matmul, post) + 0.01 * post;
}

}  // namespace

int64_t MappingCycles(const Mapping& mapping, const Tile& tile, const HwConfig& config) {
  const bool input = mapping.InputStationary();
  if (!mapping.OutputStationary() && !input) return MatmulCycles(mapping, tile.vectors, config);
  const LawConfig laws = PlanningLaws(config);
  int64_t cycles = 0;
  for (const Fold& fold : mapping.folds) {
    cycles += input ? InputCycles(tile.nx, tile.ny, 1, fold.slices, fold.columns, laws)
                    : ShapeOfTiles(fold.slices, tile.nx, laws).Occupancy();
  }
  return cycles;
}

// The cost is the cycles of an image: the array's and POST's work, whichever is longer.
void MappingSearch::Consider(const Stage& stage, const HwConfig& config) {
  // Larger cells make longer jobs, which delay their consumers: they must pay for themselves.
  const bool first = best_.folds.empty();
  const double limit = best_cost_ * (candidate_.joint ? kPackingGain : 1.0);
  if (!first && static_cast<double>(LeastCycles(stage, candidate_, config)) >= limit) return;
  tile_search_.Choose(stage, candidate_, config, &candidate_tiles_);
  double cost = kImpossible;
  if (!candidate_tiles_.empty()) {
    const double tiles = 0.001 * static_cast<double>(candidate_tiles_.size());
    int64_t cycles = 0;
    for (const Tile& tile : candidate_tiles_) cycles += MappingCycles(candidate_, tile, config);
    const double matmul = static_cast<double>(cycles);
    if (!first && matmul + tiles >= limit) return;
    const int64_t post = post_.Cost(stage, candidate_, candidate_tiles_, config);
    if (post >= 0) {
      const double p = static_cast<double>(post);
      cost = std::max(matmul, p) + 0.01 * p + tiles;
    }
  }
  if (!first && !(cost < limit)) return;
  std::swap(best_, candidate_);
  std::swap(best_tiles_, candidate_tiles_);
  best_cost_ = cost;
}

bool MappingSearch::ChooseOutputStationary(const Stage& stage, const HwConfig& config, bool pack) {
  const Array array{1, config.OsCols()};
  const auto consider = [&] {
    MakeOutputStationary(stage, config, &candidate_);
    Consider(stage, config);
  };
  DenseMapping(stage, array, 1, 1, &candidate_);
  consider();
  if (stage.groups > 1) {
    GroupByGroup(stage, array, &candidate_);
    consider();
  }
  const int side = pack ? kMaxCellSide : 1;
  for (int ph = 1; ph <= std::min(side, stage.conv_h); ++ph) {
    if (ph * stage.stride_h % 2 == 0 && ph < stage.conv_h) continue;
    for (int pw = 1; pw <= std::min(side, stage.conv_w); ++pw) {
      if (ph * pw == 1 || ph * pw * stage.cout > 4 * array.cols || !PackingAllowed(stage, ph, pw))
        continue;
      DenseMapping(stage, array, ph, pw, &candidate_);
      consider();
    }
  }
  return !best_tiles_.empty();
}

bool MappingSearch::ChooseInputStationary(const Stage& stage, const HwConfig& config, bool pack) {
  const auto consider = [&] {
    MakeInputStationary(config, &candidate_);
    Consider(stage, config);
  };
  // As many filters together as make the fewest cycles.
  for (int filters = config.cols; filters <= MostFilters(config); filters += config.cols) {
    DenseMapping(stage, {config.rows, filters}, 1, 1, &candidate_);
    consider();
    if (filters >= stage.cout) break;
  }
  if (stage.groups > 1) {
    GroupedMapping(stage, config, &candidate_);
    consider();
  }
  const int side = pack ? kMaxCellSide : 1;
  for (int ph = 1; ph <= std::min(side, stage.conv_h); ++ph) {
    for (int pw = 1; pw <= std::min(side, stage.conv_w); ++pw) {
      if (ph * pw == 1 || !MayShareColumns(ph * pw, stage.cout, config) ||
          !PackingAllowed(stage, ph, pw))
        continue;
      DenseMapping(stage, {config.rows, config.cols}, ph, pw, &candidate_);
      consider();
    }
  }
  return !best_tiles_.empty();
}

void MappingSearch::Choose(const Stage& stage, const HwConfig& config, bool pack, Mapping* mapping,
                           std::vector<Tile>* tiles, int tap_groups) {
  best_.folds.clear();
  best_cost_ = kImpossible;
  if (stage.dataflow != Dataflow::kWs && WhyWeightStationary(stage, config).empty() &&
      (stage.dataflow == Dataflow::kIs ? ChooseInputStationary(stage, config, pack)
                                       : ChooseOutputStationary(stage, config, pack))) {
    std::swap(*mapping, best_);
    std::swap(*tiles, best_tiles_);
    return;
  }
  best_.folds.clear();
  best_cost_ = kImpossible;
  const Array array{config.rows, config.cols};
  DenseMapping(stage, array, 1, 1, &candidate_);
  Consider(stage, config);
  if (stage.groups > 1) {
    GroupedMapping(stage, config, &candidate_);
    Consider(stage, config);
  }
  if (ColumnMapping(stage, config, tap_groups, &candidate_)) Consider(stage, config);
  const int side = pack ? kMaxCellSide : 1;
  for (int ph = 1; ph <= std::min(side, stage.conv_h); ++ph) {
    for (int pw = 1; pw <= std::min(side, stage.conv_w); ++pw) {
      if (ph * pw == 1 || !MayShareColumns(ph * pw, stage.cout, config) ||
          !PackingAllowed(stage, ph, pw))
        continue;
      if (LeastCost(stage, config, ph, pw) >= best_cost_ * kPackingGain) continue;
      DenseMapping(stage, array, ph, pw, &candidate_);
      Consider(stage, config);
    }
  }
  std::swap(*mapping, best_);
  std::swap(*tiles, best_tiles_);
}

std::vector<Dataflow> DataflowsThatMayPay(Stage stage, const HwConfig& config, bool pack) {
  constexpr int kTapGroups = 64;
  MappingSearch search;
  // Of the array for the whole stage; none: it is of another dataflow all the same.
  const auto cycles = [&](Dataflow dataflow) -> std::optional<int64_t> {
    stage.dataflow = dataflow;
    if (!WhyWeightStationary(stage, config).empty()) return {};
    Mapping mapping;
    std::vector<Tile> tiles;
    search.Choose(stage, config, pack, &mapping, &tiles, kTapGroups);
    if (tiles.empty() || mapping.OutputStationary() != (dataflow == Dataflow::kOs) ||
        mapping.InputStationary() != (dataflow == Dataflow::kIs)) {
      return {};
    }
    int64_t sum = 0;
    for (const Tile& tile : tiles) sum += MappingCycles(mapping, tile, config);
    return sum;
  };
  std::vector<Dataflow> flows;
  const std::optional<int64_t> ws = cycles(Dataflow::kWs), os = cycles(Dataflow::kOs),
                               is = cycles(Dataflow::kIs);
  if (os && ws && *os <= *ws) flows.push_back(Dataflow::kOs);
  if (is && ws && *is < *ws) flows.push_back(Dataflow::kIs);
  return flows;
}

}  // namespace systole
