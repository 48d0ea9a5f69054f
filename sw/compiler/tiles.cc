#include "sw/compiler/tiles.h"

#include <algorithm>

namespace systole {
namespace {

constexpr int kComfortableVectors = 64;  // tiles of about this size overlap array and POST well
constexpr int kMaxCount = 1023;          // Nx, Ny, Nb are 10-bit fields

// Convolution outputs [c0, c1) that pooled outputs [o0, o1) of one axis need.
void ConvRange(int o0, int o1, int kernel, int stride, int dilation, int pad, int conv, int* c0, int* c1) {
  *c0 = std::max(0, o0 * stride - pad);
  *c1 = std::min(conv, (o1 - 1) * stride - pad + (kernel - 1) * dilation + 1);
  *c1 = std::max(*c1, *c0 + 1);
}

Tile MakeTile(const Stage& stage, const Mapping& mapping, int oy0, int oy1, int ox0, int ox1) {
  Tile t;
  t.oy0 = oy0;
  t.oy1 = oy1;
  t.ox0 = ox0;
  t.ox1 = ox1;
  ConvRange(oy0, oy1, stage.pool_h, stage.pool_stride_h, stage.pool_dilation_h, stage.pool_pad.top, stage.conv_h,
            &t.cy0, &t.cy1);
  ConvRange(ox0, ox1, stage.pool_w, stage.pool_stride_w, stage.pool_dilation_w, stage.pool_pad.left, stage.conv_w,
            &t.cx0, &t.cx1);
  t.ny = Cells(t.cy1 - t.cy0, mapping.ph);
  t.nx = Cells(t.cx1 - t.cx0, mapping.pw);
  t.vectors = t.ny * t.nx;
  return t;
}

// `parts` parts of [0, size), each a multiple of `unit` but the last, larger ones first.
std::vector<int> Cuts(int size, int parts, int unit) {
  std::vector<int> cuts = {0};
  const int units = (size + unit - 1) / unit;
  parts = std::min(parts, units);
  for (int i = 0, at = 0; i < parts; ++i) {
    at += units / parts + (i < units % parts ? 1 : 0);
    cuts.push_back(std::min(size, at * unit));
  }
  return cuts;
}

}  // namespace

std::vector<Tile> ChooseTiles(const Stage& stage, const Mapping& mapping, const HwConfig& config) {
  const int folds = mapping.joint ? static_cast<int>(mapping.folds.size()) : 1;
  const int limit = std::min(config.acc_depth / folds, kMaxCount);
  int wl = 3;
  for (const Fold& fold : mapping.folds)
    wl = std::max(wl, std::min<int>(fold.columns.size(), config.cols / config.wport));
  // Output pixels per cell along each axis: cuts fall on cell borders.
  const int unit_y = std::max(1, mapping.ph / stage.pool_h), unit_x = std::max(1, mapping.pw / stage.pool_w);
  std::vector<Tile> best;
  int64_t best_cost = 0;
  for (int parts_x = 1; parts_x <= stage.out_w; ++parts_x) {
    const std::vector<int> xs = Cuts(stage.out_w, parts_x, unit_x);
    for (int parts_y = 1; parts_y <= stage.out_h; ++parts_y) {
      const std::vector<int> ys = Cuts(stage.out_h, parts_y, unit_y);
      std::vector<Tile> tiles;
      int64_t cost = 0;
      bool fits = true;
      for (size_t y = 0; y + 1 < ys.size() && fits; ++y) {
        for (size_t x = 0; x + 1 < xs.size() && fits; ++x) {
          const Tile tile = MakeTile(stage, mapping, ys[y], ys[y + 1], xs[x], xs[x + 1]);
          fits = tile.vectors <= limit && tile.nx <= kMaxCount && tile.ny <= kMaxCount;
          // Cycles of a slice, with a gentle preference for the comfortable size: large tiles delay their consumer.
          cost += 64 * std::max(tile.vectors, wl) + std::max(0, tile.vectors - std::max(kComfortableVectors, wl));
          tiles.push_back(tile);
        }
      }
      cost += static_cast<int64_t>(tiles.size());
      if (fits && (best.empty() || cost < best_cost)) {
        best = tiles;
        best_cost = cost;
      }
    }
    if (!best.empty()) break;  // full-width tiles wherever they fit
  }
  return best;
}

}  // namespace systole
