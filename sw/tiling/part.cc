#include "sw/tiling/part.h"

#include <fmt/format.h>

#include "sw/base/check.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/supported.h"
#include "sw/timing/laws.h"

namespace systole {
namespace {

constexpr int kTapGroups = 64;  // of column mode, each a Matmul

}  // namespace

Part::Part(const Step& step, const HwConfig& config, bool pack, int images, bool whole_pixels)
    : step_(&step), config_(config), bare_(Bare(step.stage)) {
  CheckSupported(bare_, config);
  if (step.batched) bare_.h = bare_.conv_h = bare_.out_h = images;
  const bool single = bare_.kernel_h == 1 && bare_.kernel_w == 1 &&
                      bare_.pad.top + bare_.pad.left + bare_.pad.bottom + bare_.pad.right == 0;
  if (single && !whole_pixels && bare_.cin % config.AxiBytes() == 0) {
    every_y_ = bare_.stride_h;
    every_x_ = bare_.stride_w;
    bare_.stride_h = bare_.stride_w = 1;
    bare_.h = bare_.conv_h;
    bare_.w = bare_.conv_w;
  }
  MappingSearch search;
  std::vector<Tile> tiles;
  search.Choose(bare_, config, pack, &mapping_, &tiles, kTapGroups);
  if (tiles.empty()) {
    throw MisfitError(
        Misfit::kAccumulator,
        fmt::format("{}: one pooling window needs more than the ACC_DEPTH={} accumulator entries",
                    Label(bare_), config.acc_depth));
  }
}

const RectPlan* Part::Plan(const Rect& rect) {
  const Stage& s = rect.stage;
  const bool cut_x = rect.ix1 - rect.ix0 < bare_.w;
  const std::array<int, 13> key = {
      s.h,      s.w,     s.pad.top, s.pad.left,     s.pad.right,     s.pad.bottom, s.conv_h,
      s.conv_w, s.out_h, s.out_w,   s.pool_pad.top, s.pool_pad.left, cut_x};
  const auto [it, fresh] = plans_.try_emplace(key);
  if (!fresh) return it->second.get();
  auto plan = std::make_unique<RectPlan>();
  plan->stage = s;
  // Lines that begin within a beat bring up to a beat less one byte before them.
  if (cut_x && s.cin % config_.AxiBytes() != 0) {
    plan->lead = config_.AxiBytes();
    plan->stage.pad.right += (plan->lead + s.cin - 1) / s.cin;
  }
  tile_search_.Choose(plan->stage, mapping_, config_, &plan->tiles);
  if (plan->tiles.empty()) return nullptr;
  plan->in = ConsumerStorage(plan->stage, mapping_, plan->tiles, config_);
  plan->stage = s;
  for (const Tile& tile : plan->tiles) {
    const bool even = post_.Plan(s, mapping_, tile, &plan->pieces.emplace_back());
    Check(even, "the taps of a pooling window are not evenly spaced");
  }
  it->second = std::move(plan);
  return it->second.get();
}

int64_t Part::ArrayCycles(const RectPlan& plan) const {
  const LawConfig laws = PlanningLaws(config_);
  int64_t cycles = 0;
  for (const Tile& tile : plan.tiles) {
    for (const Fold& fold : mapping_.folds)
      cycles += ShapeOfMatmul(tile.vectors, fold.slices, fold.columns, laws).Occupancy();
  }
  return cycles;
}

}  // namespace systole
