#include "sw/compiler/tiles.h"

#include <algorithm>

#include "sw/compiler/output_mapping.h"

namespace systole {
namespace {

constexpr int kComfortableVectors = 64;  // tiles of about this size overlap array and POST well
constexpr int kMaxCount = 1023;          // Nx, Ny, Nb are 10-bit fields
constexpr int kMaxAccInc = 255;          // AccInc has 8 bits

// Convolution outputs [c0, c1) that pooled outputs [o0, o1) of one axis need.
void ConvRange(int o0, int o1, int kernel, int stride, int dilation, int pad, int conv, int* c0,
               int* c1) {
  *c0 = std::max(0, o0 * stride - pad);
  *c1 = std::min(conv, (o1 - 1) * stride - pad + (kernel - 1) * dilation + 1);
  *c1 = std::max(*c1, *c0 + 1);
}

// One axis of a stage's output.
struct OutputAxis {
  int out, unit;  // pooled outputs, and how many of them a cell holds: cuts fall on cell borders
  int kernel, stride, dilation, pad, conv;
  int per_cell;

  int Units() const { return (out + unit - 1) / unit; }
  // A lower bound of the cells of all parts: cutting saves cells only where windows leave gaps.
  int LeastCells() const {
    if ((kernel - 1) * dilation + 1 < stride) return 0;
    int c0, c1;
    ConvRange(0, out, kernel, stride, dilation, pad, conv, &c0, &c1);
    return Cells(c1 - c0, per_cell);
  }
};

OutputAxis AxisY(const Stage& s, int ph) {
  return {s.out_h,           std::max(1, ph / s.pool_h),
          s.pool_h,          s.pool_stride_h,
          s.pool_dilation_h, s.pool_pad.top,
          s.conv_h,          ph};
}

OutputAxis AxisX(const Stage& s, int pw) {
  return {s.out_w,           std::max(1, pw / s.pool_w),
          s.pool_w,          s.pool_stride_w,
          s.pool_dilation_w, s.pool_pad.left,
          s.conv_w,          pw};
}

// Calls part(o0, o1, c0, c1, cells) for `parts` parts (at most Units()) of the axis, each of whole
// units but the last, larger ones first, until it returns false.
template <typename Take>
void ForEachPart(const OutputAxis& a, int parts, Take&& part) {
  const int units = a.Units(), size = units / parts, larger = units % parts;
  for (int i = 0, at = 0; i < parts; ++i) {
    const int o0 = at * a.unit;
    at += size + (i < larger ? 1 : 0);
    const int o1 = std::min(a.out, at * a.unit);
    int c0, c1;
    ConvRange(o0, o1, a.kernel, a.stride, a.dilation, a.pad, a.conv, &c0, &c1);
    if (!part(o0, o1, c0, c1, Cells(c1 - c0, a.per_cell))) return;
  }
}

}  // namespace

int64_t LeastVectors(const Stage& stage, int ph, int pw) {
  return int64_t{AxisY(stage, ph).LeastCells()} * AxisX(stage, pw).LeastCells();
}

// As few parts of lines as the lanes allow, and as few along them as the accumulators do.
void TileSearch::ChooseLines(const Stage& stage, const Mapping& mapping, const HwConfig& config,
                             int limit, std::vector<Tile>* tiles) {
  const OutputAxis y_axis = AxisY(stage, mapping.ph), x_axis = AxisX(stage, mapping.pw);
  const int most = std::min(MostLanes(stage, mapping, config), limit);
  const auto cut = [&](const OutputAxis& axis, int most_cells, std::vector<Part>* cuts) {
    for (int parts = 1, units = axis.Units(); parts <= units; ++parts) {
      cuts->clear();
      bool fits = true;
      ForEachPart(axis, parts, [&](int o0, int o1, int c0, int c1, int cells) {
        cuts->push_back({o0, o1, c0, c1, cells});
        return fits = cells <= most_cells;
      });
      if (fits) return true;
    }
    return false;
  };
  tiles->clear();
  std::vector<Part> ys;
  if (!cut(y_axis, most, &ys)) return;
  int lines = 0;
  for (const Part& y : ys) lines = std::max(lines, y.cells);
  if (!cut(x_axis, (limit - lines) / mapping.tile_rows + 1, &xs_)) return;
  for (const Part& y : ys) {
    for (const Part& x : xs_) {
      tiles->push_back({y.o0, y.o1, x.o0, x.o1, y.c0, y.c1, x.c0, x.c1, y.cells, x.cells,
                        (x.cells - 1) * mapping.tile_rows + y.cells});
    }
  }
}

void TileSearch::Choose(const Stage& stage, const Mapping& mapping, const HwConfig& config,
                        std::vector<Tile>* tiles) {
  const int folds = mapping.joint ? static_cast<int>(mapping.folds.size()) : 1;
  const int most = mapping.Blocks() > 1 ? kMaxAccInc : kMaxCount;
  const int limit = std::min(config.acc_depth / (folds * mapping.Blocks()), most);
  if (mapping.OutputStationary()) return ChooseLines(stage, mapping, config, limit, tiles);
  int wl = 3;
  for (const Fold& fold : mapping.folds)
    wl = std::max(wl, mapping.InputStationary() ? 3 : LoadCycles(fold, config));
  const int comfortable = std::max(kComfortableVectors, wl);
  const OutputAxis y_axis = AxisY(stage, mapping.ph), x_axis = AxisX(stage, mapping.pw);
  const int units_y = y_axis.Units(), units_x = x_axis.Units(), least_y = y_axis.LeastCells();
  tiles->clear();
  int best_y = 0;
  int64_t best_cost = 0;
  for (int parts_x = 1; parts_x <= units_x; ++parts_x) {
    xs_.clear();
    ForEachPart(x_axis, parts_x, [&](int o0, int o1, int c0, int c1, int cells) {
      xs_.push_back({o0, o1, c0, c1, cells});
      return true;
    });
    int64_t least = 0;  // vectors
    for (const Part& x : xs_) least += int64_t{mapping.LineVectors(x.cells)} * least_y;
    for (int parts_y = 1; parts_y <= units_y; ++parts_y) {
      int64_t cost = int64_t{parts_y} * parts_x;
      if (best_y > 0 && 64 * std::max(least, cost * wl) + cost >= best_cost) break;
      bool better = true;
      ForEachPart(y_axis, parts_y, [&](int, int, int, int, int ny) {
        for (const Part& x : xs_) {
          const int64_t vectors = int64_t{ny} * mapping.LineVectors(x.cells);
          better &= vectors <= limit;
          // Cycles of a slice, with a gentle preference for the comfortable size: large tiles delay
          // their consumer.
          cost += 64 * std::max<int64_t>(vectors, wl) + std::max<int64_t>(0, vectors - comfortable);
        }
        better &= best_y == 0 || cost < best_cost;
        return better;
      });
      if (better) {
        best_y = parts_y;
        best_cost = cost;
      }
    }
    if (best_y > 0) break;  // full-width tiles wherever they fit
  }
  if (best_y == 0) return;
  ForEachPart(y_axis, best_y, [&](int o0, int o1, int c0, int c1, int cells) {
    for (const Part& x : xs_) {
      const int vectors = cells * mapping.LineVectors(x.cells);
      tiles->push_back({o0, o1, x.o0, x.o1, c0, c1, x.c0, x.c1, cells, x.cells, vectors});
    }
    return true;
  });
}

}  // namespace systole
