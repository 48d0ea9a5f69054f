#include "sw/tiling/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sw/base/check.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/output_mapping.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/supported.h"

namespace systole {
namespace {

constexpr int kTapGroups = 64;  // of column mode, each a Matmul

// A stage mapped for a part of it.
std::unique_ptr<RowShape> RowShapeOf(const Stage& stage, const Stage& part,
                                     const HwConfig& config) {
  auto shape = std::make_unique<RowShape>();
  RowPlan& plan = shape->plan = PlanRows(part, config, true);
  plan.stage = &stage;
  plan.tiles.clear();
  Mapping& mapping = shape->mapping;
  mapping.block = stage.cout;
  mapping.cols = plan.BlockFilters();
  for (int c = 0; c < stage.cout; c += mapping.cols) {
    Fold& fold = mapping.folds.emplace_back();
    fold.first_column = c;
    fold.columns = std::min(mapping.cols, stage.cout - c);
  }
  return shape;
}

// For whole lines or, where one pooling window of them is too much, shorter ones.
std::unique_ptr<RowShape> AnyRowShape(const Stage& stage, const HwConfig& config) {
  for (int w = stage.out_w;; w = (w + 1) / 2) {
    try {
      return RowShapeOf(stage, CutRect(stage, 0, stage.out_h, 0, w).stage, config);
    } catch (const MisfitError&) {
      if (w == 1) throw;
    }
  }
}

// A rectangle on the row-stationary array; plan->stage has room for what its first beats bring, `s`
// has not. false: its tiles do not fit into the accumulators.
bool SetRows(const RowPlan& row, const HwConfig& config, PostPlanner* post, const Stage& s,
             RectPlan* plan) {
  plan->row = row;
  const int pitch = RowPitch(plan->stage, config);
  plan->tiles = RowTiles(row, s, pitch, config);
  if (plan->tiles.empty()) return false;
  plan->row.map.q1 = 1;
  for (const Tile& t : plan->tiles) plan->row.map.q1 = std::max<int64_t>(plan->row.map.q1, t.ny);
  const Stage wide = plan->stage;
  plan->row.stage = &wide;
  plan->row.tiles = plan->tiles;
  plan->in = RowInputStorage(plan->row, config);
  plan->stage = s;
  plan->row.stage = &plan->stage;
  for (const Tile& tile : plan->tiles)
    plan->pieces.push_back(RowPieces(plan->row, plan->stage, tile, 1, post));
  return true;
}

}  // namespace

std::shared_ptr<PartCache::Shape> PartCache::Find(const Stage& s, bool pack, bool whole_pixels,
                                                  bool batched) {
  const std::vector<int> key = {s.first_layer,
                                s.last_layer,
                                s.cin,
                                s.h,
                                s.w,
                                s.pad.top,
                                s.pad.left,
                                s.pad.bottom,
                                s.pad.right,
                                s.pad_value,
                                s.cout,
                                s.groups,
                                s.kernel_h,
                                s.kernel_w,
                                s.stride_h,
                                s.stride_w,
                                s.dilation_h,
                                s.dilation_w,
                                s.conv_h,
                                s.conv_w,
                                s.zw,
                                s.pool_h,
                                s.pool_w,
                                s.pool_stride_h,
                                s.pool_stride_w,
                                s.pool_dilation_h,
                                s.pool_dilation_w,
                                s.pool_pad.top,
                                s.pool_pad.left,
                                s.pool_pad.bottom,
                                s.pool_pad.right,
                                s.out_h,
                                s.out_w,
                                s.by_count,
                                s.count_all,
                                static_cast<int>(s.rounding),
                                s.zy,
                                s.lo,
                                s.hi,
                                static_cast<int>(s.dataflow),
                                pack,
                                whole_pixels,
                                batched};
  std::shared_ptr<Shape>& shape = shapes_[{s.name, key}];
  if (shape == nullptr) shape = std::make_shared<Shape>();
  return shape;
}

Part::Part(const Step& step, const HwConfig& config, bool pack, int images, bool whole_pixels,
           PartCache* cache)
    : step_(&step), config_(config) {
  Stage bare = Bare(step.stage);
  CheckSupported(bare, config);
  if (step.batched) bare.h = bare.conv_h = bare.out_h = images;
  shape_ = cache->Find(bare, pack, whole_pixels, step.batched);
  if (!shape_->mapping.folds.empty()) return;
  if (!shape_->rows.empty()) {
    row_ = shape_->rows.begin()->second.get();
    return;
  }
  const bool single = bare.kernel_h == 1 && bare.kernel_w == 1 &&
                      bare.pad.top + bare.pad.left + bare.pad.bottom + bare.pad.right == 0;
  if (single && !whole_pixels && bare.cin % config.AxiBytes() == 0) {
    shape_->every_y = bare.stride_h;
    shape_->every_x = bare.stride_w;
    bare.stride_h = bare.stride_w = 1;
    bare.h = bare.conv_h;
    bare.w = bare.conv_w;
  }
  if (config.engine != 0) {
    shape_->bare = std::move(bare);
    shape_->rows[focus_] = AnyRowShape(stage(), config);
    row_ = shape_->rows[focus_].get();
    return;
  }
  MappingSearch search;
  std::vector<Tile> tiles;
  Mapping mapping;
  search.Choose(bare, config, pack, &mapping, &tiles, kTapGroups);
  if (tiles.empty()) {
    throw MisfitError(
        Misfit::kAccumulator,
        fmt::format("{}: one pooling window needs more than the ACC_DEPTH={} accumulator entries",
                    Label(bare), config.acc_depth));
  }
  shape_->bare = std::move(bare);
  shape_->mapping = std::move(mapping);
}

void Part::Focus(const Rect& rect) {
  if (row_ == nullptr) return;
  focus_ = {rect.stage.out_h, rect.stage.out_w};
  std::unique_ptr<RowShape>& shape = shape_->rows[focus_];
  if (shape == nullptr) shape = RowShapeOf(stage(), rect.stage, config_);
  row_ = shape.get();
}

bool Part::narrow() const {
  if (row_ == nullptr) return mapping().OutputStationary();
  const Stage& s = stage();
  const int64_t lines = int64_t{std::min(config_.rs_cols, s.conv_h) - 1} * s.stride_h + s.kernel_h;
  return lines * RowPitch(s, config_) > (1 << 16);
}

const RectPlan* Part::Plan(const Rect& rect) {
  const Stage& s = rect.stage;
  const bool cut_x = rect.ix1 - rect.ix0 < stage().w;
  const std::array<int, 15> key = {s.h,         s.w,          s.pad.top,      s.pad.left,
                                   s.pad.right, s.pad.bottom, s.conv_h,       s.conv_w,
                                   s.out_h,     s.out_w,      s.pool_pad.top, s.pool_pad.left,
                                   cut_x,       focus_.first, focus_.second};
  const auto [it, fresh] = shape_->plans.try_emplace(key);
  if (!fresh) return it->second.get();
  auto plan = std::make_unique<RectPlan>();
  plan->stage = s;
  // Lines that begin within a beat bring up to a beat less one byte before them.
  if (cut_x && s.cin % config_.AxiBytes() != 0) {
    plan->lead = config_.AxiBytes();
    plan->stage.pad.right += (plan->lead + s.cin - 1) / s.cin;
  }
  if (row() != nullptr) {
    if (!SetRows(*row(), config_, &post_, s, plan.get())) return nullptr;
    it->second = std::move(plan);
    return it->second.get();
  }
  tile_search_.Choose(plan->stage, mapping(), config_, &plan->tiles);
  if (plan->tiles.empty()) return nullptr;
  plan->in = ConsumerStorage(plan->stage, mapping(), plan->tiles, config_);
  plan->stage = s;
  for (const Tile& tile : plan->tiles) {
    const bool even = post_.Plan(s, mapping(), tile, &plan->pieces.emplace_back());
    Check(even, "the taps of a pooling window are not evenly spaced");
  }
  it->second = std::move(plan);
  return it->second.get();
}

int64_t Part::WeightRows() const {
  if (row() != nullptr) return row()->WeightRows();
  int64_t rows = 0;
  for (const Fold& fold : mapping().folds) rows += int64_t{fold.slices} * LoadCycles(fold, config_);
  return rows;
}

int Part::Residue() const {
  return row() != nullptr ? 1 : PitchResidue(mapping(), stage().cin, config_);
}

int64_t Part::InputBytesOf(const RectPlan& plan, int pitch) const {
  if (row() == nullptr) return InputBytes(plan.stage, mapping(), plan.tiles, pitch);
  if (!RowsReach(plan.row.map, pitch)) return -1;
  return RowInputBytes(plan.row, plan.stage, plan.tiles, pitch);
}

std::string Part::Describe() const {
  return row() != nullptr ? row()->Describe() : DescribeOn(stage(), mapping(), config_);
}

int64_t Part::ArrayCycles(const RectPlan& plan) const {
  if (row() != nullptr) return RowArrayCycles(plan.row, plan.tiles, config_);
  int64_t cycles = 0;
  for (const Tile& tile : plan.tiles) cycles += MappingCycles(mapping(), tile, config_);
  return cycles;
}

}  // namespace systole
