#include "sw/compiler/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sw/compiler/post_plan.h"
#include "sw/compiler/tiles.h"

namespace systole {
namespace {

constexpr int kMaxCellSide = 8;
constexpr double kPackingGain = 0.98;

// Slices of a window of `h` x `w` elements and `nc` channels from channel c0 on.
std::vector<Slice> MakeSlices(WindowOrder order, int h, int w, int c0, int nc, int rows) {
  std::vector<Slice> slices;
  const int per_row = w * nc;
  const int run = order == WindowOrder::kFlattened ? h * per_row : order == WindowOrder::kByRow ? per_row : nc;
  const int runs = h * per_row / run;
  for (int r = 0; r < runs; ++r) {
    for (int k0 = 0; k0 < run; k0 += rows) {
      Slice slice;
      slice.lanes.resize(rows);
      slice.valid = std::min(rows, run - k0);
      for (int j = 0; j < slice.valid; ++j) {
        const int k = r * run + k0 + j;
        slice.lanes[j] = {k / per_row, k % per_row / nc, c0 + k % nc};
      }
      slice.ky = slice.lanes[0].ky;
      slice.kx = slice.lanes[0].kx;
      slice.c = slice.lanes[0].c;
      slices.push_back(std::move(slice));
    }
  }
  return slices;
}

// All input channels, cells of ph x pw pixels, columns in (pixel, channel) order cut into folds of COLS.
Mapping DenseMapping(const Stage& stage, const HwConfig& config, int ph, int pw) {
  Mapping mapping;
  mapping.ph = ph;
  mapping.pw = pw;
  mapping.joint = ph * pw > 1;
  const bool dilated = stage.dilation_h > 1 || stage.dilation_w > 1;
  mapping.order = !dilated                ? WindowOrder::kFlattened
                  : stage.dilation_w == 1 ? WindowOrder::kByRow
                                          : WindowOrder::kByPixel;
  const int total = ph * pw * stage.cout;
  for (int first = 0; first < total; first += config.cols) {
    Fold fold;
    int dy_max = 0, dx_max = 0;
    fold.dy = ph;
    fold.dx = pw;
    for (int i = first; i < std::min(total, first + config.cols); ++i) {
      const int pixel = i / stage.cout;
      const Column column = {pixel / pw, pixel % pw, i % stage.cout};
      fold.columns.push_back(column);
      fold.dy = std::min(fold.dy, column.dy);
      fold.dx = std::min(fold.dx, column.dx);
      dy_max = std::max(dy_max, column.dy);
      dx_max = std::max(dx_max, column.dx);
    }
    mapping.window_w = std::max(mapping.window_w, stage.kernel_w + (dx_max - fold.dx) * stage.stride_w);
    mapping.folds.push_back(std::move(fold));
  }
  for (Fold& fold : mapping.folds) {
    const int window_h = stage.kernel_h + (fold.columns.back().dy - fold.dy) * stage.stride_h;
    const int w = mapping.order == WindowOrder::kFlattened ? mapping.window_w : stage.kernel_w;
    fold.slices = MakeSlices(mapping.order, window_h, w, 0, stage.cin, config.rows);
  }
  return mapping;
}

// Grouped convolution, block-diagonal: a fold serves as many groups as fit in the columns and one slice's lanes.
Mapping GroupedMapping(const Stage& stage, const HwConfig& config) {
  Mapping mapping;
  mapping.order = WindowOrder::kByPixel;
  mapping.window_w = stage.kernel_w;
  const int cg = stage.InGroup(), og = stage.OutGroup();
  const int block = std::max(1, std::min(config.cols / og, config.rows / cg));
  for (int g = 0; g < stage.groups; g += block) {
    const int groups = std::min(block, stage.groups - g);
    for (int first = 0; first < groups * og; first += config.cols) {
      Fold fold;
      fold.c0 = g * cg;
      for (int i = first; i < std::min(groups * og, first + config.cols); ++i) {
        fold.columns.push_back({0, 0, g * og + i});
      }
      fold.slices = MakeSlices(mapping.order, stage.kernel_h, stage.kernel_w, fold.c0, groups * cg, config.rows);
      mapping.folds.push_back(std::move(fold));
    }
  }
  return mapping;
}

// Pooling needs whole windows inside a cell's axis, or no packing along that axis.
bool PackingAllowed(const Stage& stage, int ph, int pw) {
  if (ph * pw == 1) return true;
  if (stage.dilation_h > 1 || stage.dilation_w > 1) return false;
  if (stage.pool_h * stage.pool_w == 1) return stage.pool_stride_h == 1 && stage.pool_stride_w == 1 && !stage.by_count;
  const Padding& p = stage.pool_pad;
  if (p.top + p.left + p.bottom + p.right > 0) return false;
  if (stage.pool_dilation_h > 1 || stage.pool_dilation_w > 1) return false;
  if (ph > 1 && (stage.pool_h != stage.pool_stride_h || ph % stage.pool_h != 0)) return false;
  if (pw > 1 && (stage.pool_w != stage.pool_stride_w || pw % stage.pool_w != 0)) return false;
  return true;
}

// Cycles of an image: the array's and POST's work, whichever is longer.
double Cost(const Stage& stage, const Mapping& mapping, const HwConfig& config) {
  const std::vector<Tile> tiles = ChooseTiles(stage, mapping, config);
  if (tiles.empty()) return std::numeric_limits<double>::infinity();
  double matmul = 0, post = 0;
  for (const Tile& tile : tiles) {
    for (const Fold& fold : mapping.folds) {
      const int wl = std::min<int>(fold.columns.size(), config.cols / config.wport);
      matmul += static_cast<double>(std::max({tile.vectors, wl, 3})) * static_cast<double>(fold.slices.size());
    }
    std::vector<PostPiece> pieces;
    if (!PlanPost(stage, mapping, tile, config, &pieces)) return std::numeric_limits<double>::infinity();
    for (const PostPiece& piece : pieces) post += PostCycles(piece, config) + 2;
  }
  return std::max(matmul, post) + 0.01 * post + 0.001 * static_cast<double>(tiles.size());
}

}  // namespace

int Mapping::Slices() const {
  int slices = 0;
  for (const Fold& fold : folds) slices += static_cast<int>(fold.slices.size());
  return slices;
}

std::string Mapping::Describe() const {
  return fmt::format("packing {}x{}, {} column fold{}, {} K-slices", ph, pw, folds.size(), folds.size() == 1 ? "" : "s",
                     Slices());
}

Mapping ChooseMapping(const Stage& stage, const HwConfig& config) {
  Mapping best;
  double best_cost = std::numeric_limits<double>::infinity();
  auto consider = [&](Mapping mapping) {
    const double cost = Cost(stage, mapping, config);
    // Larger cells make longer jobs, which delay their consumers: they must pay for themselves.
    const double gain = mapping.joint ? kPackingGain : 1.0;
    if (best.folds.empty() || cost < best_cost * gain) {
      best = std::move(mapping);
      best_cost = cost;
    }
  };
  consider(DenseMapping(stage, config, 1, 1));
  if (stage.groups > 1) consider(GroupedMapping(stage, config));
  for (int ph = 1; ph <= std::min(kMaxCellSide, stage.conv_h); ++ph) {
    for (int pw = 1; pw <= std::min(kMaxCellSide, stage.conv_w); ++pw) {
      if (ph * pw == 1 || ph * pw * stage.cout > 4 * config.cols || !PackingAllowed(stage, ph, pw)) continue;
      consider(DenseMapping(stage, config, ph, pw));
    }
  }
  return best;
}

}  // namespace systole
