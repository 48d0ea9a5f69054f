#include "sw/compiler/post_plan.h"

#include <algorithm>

namespace systole {
namespace {

struct Axis {
  int o0, o1, c0;  // tile: outputs, first convolution output
  int conv;        // convolution outputs of the image
  int per_cell;    // packing
  int pool, pool_stride, pool_dilation, pool_pad;
  // The convolution's own window, for counting.
  bool by_count, count_all;
  int in, kernel, stride, dilation, pad;
};

int TapsInside(const Axis& a, int c) {
  if (!a.by_count || a.count_all) return a.kernel;
  int count = 0;
  for (int k = 0; k < a.kernel; ++k) {
    const int at = c * a.stride - a.pad + k * a.dilation;
    count += at >= 0 && at < a.in;
  }
  return count;
}

void SetSegments(const Axis& a, std::vector<PostSegment>* segments) {
  segments->clear();
  if (a.per_cell > 1) {  // packed: whole windows inside a cell, one segment per window
    const int windows = a.per_cell / a.pool;
    for (int q = 0; q < windows && a.o0 + q < a.o1; ++q) {
      PostSegment s;
      s.o = a.o0 + q;
      s.n = (a.o1 - s.o + windows - 1) / windows;
      s.step = windows;
      s.taps = a.pool;
      s.pixel = q * a.pool;
      s.tap_pixel = 1;
      segments->push_back(s);
    }
    return;
  }
  // Where no window reaches over a border, all outputs see the same taps.
  const bool inside = !a.by_count && a.pool_pad == 0 &&
                      (a.o1 - 1) * a.pool_stride + (a.pool - 1) * a.pool_dilation < a.conv;
  for (int o = a.o0; o < a.o1; ++o) {
    const int origin = o * a.pool_stride - a.pool_pad;
    int first = 0, last = a.pool - 1;
    while (first < last && origin + first * a.pool_dilation < 0) ++first;
    while (last > first && origin + last * a.pool_dilation >= a.conv) --last;
    PostSegment s;
    s.o = o;
    s.n = 1;
    s.cell = origin + first * a.pool_dilation - a.c0;
    s.cell_step = a.pool_stride;
    s.taps = last - first + 1;
    s.tap_cell = a.pool_dilation;
    s.count = TapsInside(a, o);
    if (inside) {
      s.n = a.o1 - a.o0;
      segments->push_back(s);
      return;
    }
    if (!segments->empty()) {
      PostSegment& p = segments->back();
      if (p.taps == s.taps && p.count == s.count && s.cell == p.cell + p.n * p.cell_step) {
        ++p.n;
        continue;
      }
    }
    segments->push_back(s);
  }
}

Axis AxisY(const Stage& stage, const Mapping& mapping, const Tile& tile) {
  return {tile.oy0,
          tile.oy1,
          tile.cy0,
          stage.conv_h,
          mapping.ph,
          stage.pool_h,
          stage.pool_stride_h,
          stage.pool_dilation_h,
          stage.pool_pad.top,
          stage.by_count,
          stage.count_all,
          stage.h,
          stage.kernel_h,
          stage.stride_h,
          stage.dilation_h,
          stage.pad.top};
}

Axis AxisX(const Stage& stage, const Mapping& mapping, const Tile& tile) {
  return {tile.ox0,
          tile.ox1,
          tile.cx0,
          stage.conv_w,
          mapping.pw,
          stage.pool_w,
          stage.pool_stride_w,
          stage.pool_dilation_w,
          stage.pool_pad.left,
          stage.by_count,
          stage.count_all,
          stage.w,
          stage.kernel_w,
          stage.stride_w,
          stage.dilation_w,
          stage.pad.left};
}

// Without pooling, the pixels of a full row of a cell lie side by side in the output as in the
// columns: one run.
bool Merged(const Stage& stage, const Mapping& mapping, const Tile& tile) {
  return mapping.pw > 1 && stage.pool_w == 1 && stage.pool_h == 1 &&
         (tile.ox1 - tile.ox0) % mapping.pw == 0;
}

// The longest run of columns from `i` on whose taps all stay in their folds: `columns` of them, and
// where the first column's taps lie: tap (0, 0), and fold and column distance to the next tap along
// each axis.
struct Run {
  Mapping::Place first;
  int columns;
  int fold_x = 0, fold_y = 0, cs_x = 0, cs_y = 0;
  bool even = true;  // every tap lies at the multiple of the distances

  bool PairX(const PostSegment& x) const { return x.taps == 2 && fold_x == 0 && x.tap_cell == 0; }
  bool PairY(const PostSegment& y) const { return y.taps == 2 && fold_y == 0 && y.tap_cell == 0; }
};

Run RunFrom(const Stage& stage, const Mapping& mapping, const PostSegment& y, const PostSegment& x,
            int i, int length) {
  auto place = [&](int ty, int tx) {
    const int pixel = (y.pixel + ty * y.tap_pixel) * mapping.pw + x.pixel + tx * x.tap_pixel;
    return mapping.At(pixel * stage.cout + i);
  };
  Run run;
  run.first = place(0, 0);
  run.columns = std::min(length - i, run.first.left);
  const int nty = y.tap_pixel == 0 ? 1 : y.taps,
            ntx = x.tap_pixel == 0 ? 1 : x.taps;  // at places of their own
  for (int ty = 0; ty < nty; ++ty) {
    for (int tx = 0; tx < ntx; ++tx) {
      if (ty + tx == 0) continue;
      const Mapping::Place p = place(ty, tx);
      const int fold = p.fold - run.first.fold, column = p.column - run.first.column;
      run.columns = std::min(run.columns, p.left);
      if (ty == 0 && tx == 1) {
        run.fold_x = fold;
        run.cs_x = column;
      } else if (ty == 1 && tx == 0) {
        run.fold_y = fold;
        run.cs_y = column;
      }
      run.even &=
          fold == ty * run.fold_y + tx * run.fold_x && column == ty * run.cs_y + tx * run.cs_x;
    }
  }
  return run;
}

}  // namespace

bool PostPlanner::Plan(const Stage& stage, const Mapping& mapping, const Tile& tile,
                       std::vector<PostPiece>* pieces, int images) {
  SetSegments(AxisY(stage, mapping, tile), &ys_);
  SetSegments(AxisX(stage, mapping, tile), &xs_);
  const bool merged = Merged(stage, mapping, tile);
  if (merged) xs_.resize(1);
  const int length = merged ? mapping.pw * stage.cout : stage.cout;
  const int line = mapping.EntryLine(tile.nx), step = mapping.EntryStep();
  const int fold_entries = mapping.joint ? images * tile.vectors : 0;
  for (const PostSegment& y : ys_) {
    for (const PostSegment& x : xs_) {
      for (int i = 0; i < length;) {
        const Run run = RunFrom(stage, mapping, y, x, i, length);
        if (!run.even) return false;
        PostPiece p;
        p.fold = run.first.fold;
        // Input stationary filters beyond COLS have entries of their own.
        const int beyond = mapping.InputStationary() ? run.first.column / mapping.input_cols : 0;
        p.column = run.first.column - beyond * mapping.input_cols;
        p.entry =
            beyond * images * tile.vectors + p.fold * fold_entries + y.cell * line + x.cell * step;
        p.nx = x.n;
        p.ny = y.n;
        p.es_x = x.cell_step * step;
        p.es_y = y.cell_step * line;
        p.ntx = x.taps;
        p.nty = y.taps;
        if (p.ntx > 1) {
          p.es_tx = run.fold_x * fold_entries + x.tap_cell * step;
          p.cs_tx = run.cs_x;
        }
        if (p.nty > 1) {
          p.es_ty = run.fold_y * fold_entries + y.tap_cell * line;
          p.cs_ty = run.cs_y;
        }
        if (run.PairX(x)) {
          p.pair = true;
          p.cs_pair = p.cs_tx;
          p.ntx = 1;
          p.cs_tx = 0;
        } else if (run.PairY(y)) {
          p.pair = true;
          p.cs_pair = p.cs_ty;
          p.nty = 1;
          p.cs_ty = 0;
        }
        p.oy = y.o;
        p.ox = x.o;
        p.step_y = y.step;
        p.step_x = merged ? mapping.pw : x.step;
        p.first_byte = i;
        p.first_channel = i % stage.cout;
        p.channels = run.columns;
        p.count = y.count * x.count;
        pieces->push_back(p);
        i += run.columns;
      }
    }
  }
  return true;
}

const PostPlanner::Runs* PostPlanner::RunsOf(const Stage& stage, const Mapping& mapping,
                                             const PostSegment& y, const PostSegment& x, int length,
                                             const HwConfig& config) {
  for (const Runs& r : runs_) {
    if (r.pixel_y == y.pixel && r.taps_y == y.taps && r.pixel_x == x.pixel && r.taps_x == x.taps &&
        r.length == length) {
      return &r;
    }
  }
  Runs r = {y.pixel, y.taps, x.pixel, x.taps, length, 0, 0};
  for (int i = 0; i < length;) {
    const Run run = RunFrom(stage, mapping, y, x, i, length);
    if (!run.even) return nullptr;
    const int taps = y.taps * x.taps / (run.PairX(x) || run.PairY(y) ? 2 : 1);
    r.cycles += int64_t{(run.columns + config.lanes - 1) / config.lanes} * taps;
    ++r.pieces;
    i += run.columns;
  }
  runs_.push_back(r);
  return &runs_.back();
}

int64_t PostPlanner::LeastCost(const Stage& stage, int ph, int pw, const HwConfig& config) {
  const int64_t outputs = int64_t{stage.out_h} * stage.out_w;
  const Padding& p = stage.pool_pad;
  if (p.top + p.left + p.bottom + p.right > 0) return 0;
  // Runs over several pixels share chunks where nothing is pooled; pairs need both taps in one
  // cell.
  if (stage.pool_h * stage.pool_w == 1) return outputs * stage.cout / config.lanes;
  const bool pairs = (pw > 1 && stage.pool_w == 2) || (ph > 1 && stage.pool_h == 2);
  return outputs * (stage.pool_h * stage.pool_w) / (pairs ? 2 : 1) *
         ((stage.cout + config.lanes - 1) / config.lanes);
}

int64_t PostPlanner::Cost(const Stage& stage, const Mapping& mapping,
                          const std::vector<Tile>& tiles, const HwConfig& config) {
  runs_.clear();
  int64_t cost = 0;
  for (size_t t = 0; t < tiles.size(); ++t) {
    const Tile& tile = tiles[t];
    const bool merged = Merged(stage, mapping, tile);
    SetSegments(AxisY(stage, mapping, tile), &ys_);
    if (t == 0 || tile.ox0 != tiles[t - 1].ox0 || tile.ox1 != tiles[t - 1].ox1) {
      SetSegments(AxisX(stage, mapping, tile), &xs_);
      if (merged) xs_.resize(1);
    }
    const int length = merged ? mapping.pw * stage.cout : stage.cout;
    for (const PostSegment& y : ys_) {
      for (const PostSegment& x : xs_) {
        const Runs* runs = RunsOf(stage, mapping, y, x, length, config);
        if (runs == nullptr) return -1;
        cost += runs->cycles * x.n * y.n + 2 * runs->pieces;
      }
    }
  }
  return cost;
}

}  // namespace systole
