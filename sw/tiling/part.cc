#include "sw/tiling/part.h"

#include <fmt/format.h>

#include <utility>

#include "sw/base/check.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/supported.h"
#include "sw/timing/laws.h"

namespace systole {
namespace {

constexpr int kTapGroups = 64;  // of column mode, each a Matmul

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
  const bool single = bare.kernel_h == 1 && bare.kernel_w == 1 &&
                      bare.pad.top + bare.pad.left + bare.pad.bottom + bare.pad.right == 0;
  if (single && !whole_pixels && bare.cin % config.AxiBytes() == 0) {
    shape_->every_y = bare.stride_h;
    shape_->every_x = bare.stride_w;
    bare.stride_h = bare.stride_w = 1;
    bare.h = bare.conv_h;
    bare.w = bare.conv_w;
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

const RectPlan* Part::Plan(const Rect& rect) {
  const Stage& s = rect.stage;
  const bool cut_x = rect.ix1 - rect.ix0 < stage().w;
  const std::array<int, 13> key = {
      s.h,      s.w,     s.pad.top, s.pad.left,     s.pad.right,     s.pad.bottom, s.conv_h,
      s.conv_w, s.out_h, s.out_w,   s.pool_pad.top, s.pool_pad.left, cut_x};
  const auto [it, fresh] = shape_->plans.try_emplace(key);
  if (!fresh) return it->second.get();
  auto plan = std::make_unique<RectPlan>();
  plan->stage = s;
  // Lines that begin within a beat bring up to a beat less one byte before them.
  if (cut_x && s.cin % config_.AxiBytes() != 0) {
    plan->lead = config_.AxiBytes();
    plan->stage.pad.right += (plan->lead + s.cin - 1) / s.cin;
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

int64_t Part::ArrayCycles(const RectPlan& plan) const {
  const LawConfig laws = PlanningLaws(config_);
  int64_t cycles = 0;
  for (const Tile& tile : plan.tiles) {
    for (const Fold& fold : mapping().folds)
      cycles += ShapeOfMatmul(tile.vectors, fold.slices, fold.columns, laws).Occupancy();
  }
  return cycles;
}

}  // namespace systole
