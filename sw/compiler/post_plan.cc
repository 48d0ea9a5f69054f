#include "sw/compiler/post_plan.h"

#include <algorithm>

namespace systole {
namespace {

// Output positions along one axis that see the same taps: o, o + step, ... (n of them). Iteration i, tap t reads cell
// cell + i * cell_step + t * tap_cell, pixel pixel + t * tap_pixel inside it.
struct Segment {
  int o = 0, n = 0, step = 1;
  int cell = 0, cell_step = 1;
  int taps = 1, tap_cell = 0;
  int pixel = 0, tap_pixel = 0;
  int count = 1;  // kernel taps inside the image (average pooling)
};

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

std::vector<Segment> Segments(const Axis& a) {
  std::vector<Segment> segments;
  if (a.per_cell > 1) {  // packed: whole windows inside a cell, one segment per window
    const int windows = a.per_cell / a.pool;
    for (int q = 0; q < windows && a.o0 + q < a.o1; ++q) {
      Segment s;
      s.o = a.o0 + q;
      s.n = (a.o1 - s.o + windows - 1) / windows;
      s.step = windows;
      s.taps = a.pool;
      s.pixel = q * a.pool;
      s.tap_pixel = 1;
      segments.push_back(s);
    }
    return segments;
  }
  for (int o = a.o0; o < a.o1; ++o) {
    const int origin = o * a.pool_stride - a.pool_pad;
    int first = 0, last = a.pool - 1;
    while (first < last && origin + first * a.pool_dilation < 0) ++first;
    while (last > first && origin + last * a.pool_dilation >= a.conv) --last;
    Segment s;
    s.o = o;
    s.n = 1;
    s.cell = origin + first * a.pool_dilation - a.c0;
    s.cell_step = a.pool_stride;
    s.taps = last - first + 1;
    s.tap_cell = a.pool_dilation;
    s.count = TapsInside(a, o);
    if (!segments.empty()) {
      Segment& p = segments.back();
      if (p.taps == s.taps && p.count == s.count && s.cell == p.cell + p.n * p.cell_step) {
        ++p.n;
        continue;
      }
    }
    segments.push_back(s);
  }
  return segments;
}

struct Place {
  int fold = -1, column = 0;
};

}  // namespace

int PostCycles(const PostPiece& piece, const HwConfig& config) {
  const int chunks = (static_cast<int>(piece.channels.size()) + config.lanes - 1) / config.lanes;
  return chunks * piece.nx * piece.ny * piece.ntx * piece.nty;
}

bool PlanPost(const Stage& stage, const Mapping& mapping, const Tile& tile, const HwConfig& config,
              std::vector<PostPiece>* pieces, int images) {
  (void)config;
  // Where pixel p, channel n of a cell is computed.
  std::vector<Place> places(static_cast<size_t>(mapping.ph) * mapping.pw * stage.cout);
  for (size_t f = 0; f < mapping.folds.size(); ++f) {
    for (size_t c = 0; c < mapping.folds[f].columns.size(); ++c) {
      const Column& column = mapping.folds[f].columns[c];
      places[static_cast<size_t>(column.dy * mapping.pw + column.dx) * stage.cout + column.n] = {static_cast<int>(f),
                                                                                                 static_cast<int>(c)};
    }
  }
  const Axis ay = {tile.oy0,
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
  const Axis ax = {tile.ox0,
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
  std::vector<Segment> xs = Segments(ax);
  // Without pooling, the pixels of a full row of a cell lie side by side in the output as in the columns: one run.
  const bool merged =
      mapping.pw > 1 && stage.pool_w == 1 && stage.pool_h == 1 && (tile.ox1 - tile.ox0) % mapping.pw == 0;
  if (merged) xs.resize(1);
  const int run_length = merged ? mapping.pw * stage.cout : stage.cout;
  const int fold_entries = mapping.joint ? images * tile.vectors : 0;

  for (const Segment& y : Segments(ay)) {
    for (const Segment& x : xs) {
      auto place = [&](int ty, int tx, int i) {
        const int pixel = (y.pixel + ty * y.tap_pixel) * mapping.pw + x.pixel + tx * x.tap_pixel;
        return places[static_cast<size_t>(pixel) * stage.cout + i];
      };
      auto entry = [&](int ty, int tx, int i) {
        return place(ty, tx, i).fold * fold_entries + (y.cell + ty * y.tap_cell) * tile.nx + x.cell + tx * x.tap_cell;
      };
      for (int i = 0; i < run_length;) {
        // The longest run whose taps all stay in their folds.
        int end = i + 1;
        auto continues = [&](int next) {
          for (int ty = 0; ty < y.taps; ++ty) {
            for (int tx = 0; tx < x.taps; ++tx) {
              const Place a = place(ty, tx, next - 1), b = place(ty, tx, next);
              if (a.fold != b.fold || b.column != a.column + 1) return false;
            }
          }
          return true;
        };
        while (end < run_length && continues(end)) ++end;
        PostPiece p;
        p.fold = place(0, 0, i).fold;
        p.column = place(0, 0, i).column;
        p.entry = entry(0, 0, i);
        p.nx = x.n;
        p.ny = y.n;
        p.es_x = x.cell_step;
        p.es_y = y.cell_step * tile.nx;
        p.ntx = x.taps;
        p.nty = y.taps;
        if (p.ntx > 1) {
          p.es_tx = entry(0, 1, i) - p.entry;
          p.cs_tx = place(0, 1, i).column - p.column;
        }
        if (p.nty > 1) {
          p.es_ty = entry(1, 0, i) - p.entry;
          p.cs_ty = place(1, 0, i).column - p.column;
        }
        for (int ty = 0; ty < p.nty; ++ty) {
          for (int tx = 0; tx < p.ntx; ++tx) {
            if (entry(ty, tx, i) != p.entry + ty * p.es_ty + tx * p.es_tx) return false;
            if (place(ty, tx, i).column != p.column + ty * p.cs_ty + tx * p.cs_tx) return false;
          }
        }
        if (p.ntx == 2 && p.es_tx == 0) {
          p.pair = true;
          p.cs_pair = p.cs_tx;
          p.ntx = 1;
          p.cs_tx = 0;
        } else if (p.nty == 2 && p.es_ty == 0) {
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
        for (int c = i; c < end; ++c) p.channels.push_back(c % stage.cout);
        p.count = y.count * x.count;
        pieces->push_back(std::move(p));
        i = end;
      }
    }
  }
  return true;
}

}  // namespace systole
