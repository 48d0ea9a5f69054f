// What SCALE-Sim derives from a machine and a layer: matrices, folds, lines, addresses.
//
//   Eh = ceil((H - fh + sh) / sh), Ew likewise: rounded up, the last window may overhang
//   M = Eh Ew, K = fh fw ch, N filters:  ofmap (M x N) = ifmap (M x K) filter (K x N)
//
//           Sr  Sc  T   L lines of a fold
//     os    M   N   K   T +  R + C - 2
//     ws    K   N   M   T + 2R + C - 2
//     is    K   M   N   T + 2R + C - 2
//
// Folds: Fr = ceil(Sr/R) row folds inside Fc = ceil(Sc/C) column folds, F = Fr Fc, each L lines,
// none overlapping.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sw/scalesim/types.h"

namespace systole::scalesim {

inline int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

struct Geometry {
  Dataflow dataflow;
  int64_t rows, cols;  // R, C
  int64_t h, w, fh, fw, ch, sh, sw;
  int64_t eh, ew;
  int64_t m, n, k;
  int64_t dense_k;         // k without sparsity
  int64_t keep_n, keep_m;  // of every keep_m values of the dense k the first keep_n are kept
  int64_t sr, sc, t;
  int64_t fr, fc, folds;
  int64_t fold_lines, lines;
  bool overhang;  // some window leaves the ifmap: those pixels are counted but never requested
  bool ifmap_distinct;  // no ifmap word is in two windows

  bool Sparse() const { return keep_n != keep_m; }
  int64_t DenseK(int64_t kept) const {
    return Sparse() ? kept / keep_n * keep_m + kept % keep_n : kept;
  }

  int64_t UsedRows(int64_t row_fold) const { return std::min(rows, sr - row_fold * rows); }
  int64_t UsedCols(int64_t col_fold) const { return std::min(cols, sc - col_fold * cols); }
};

// Throws InputError when a dimension is not positive or a filter is larger than its ifmap. The
// corrected model leaves overhanging windows out: Eh and Ew are rounded down.
Geometry MakeGeometry(const Machine& machine, const Layer& layer, const Options& options);

// Address of element k of window m, without offset; -1 where the window overhangs.
inline int64_t IfmapAddress(const Geometry& g, int64_t m, int64_t k) {
  const int64_t row_words = g.fw * g.ch;
  k = g.DenseK(k);
  const int64_t r = k / row_words, x = k % row_words;
  const int64_t i = (m / g.ew) * g.sh + r, j = (m % g.ew) * g.sw;
  if (i >= g.h || j * g.ch + x >= g.w * g.ch) return -1;
  return (i * g.w + j) * g.ch + x;
}

// Ifmap words that at least one window covers; without sparsity.
int64_t DistinctIfmapWords(const Geometry& g);

// Number of (row, column) of a rows x cols matrix with row + column < d.
inline int64_t DiagonalCount(int64_t rows, int64_t cols, int64_t d) {
  const auto triangle = [](int64_t x) { return x > 0 ? x * (x + 1) / 2 : 0; };
  return triangle(d) - triangle(d - rows) - triangle(d - cols) + triangle(d - rows - cols);
}

// Smallest d with DiagonalCount(rows, cols, d + 1) >= count: the diagonal that holds the count-th
// element.
int64_t DiagonalOf(int64_t rows, int64_t cols, int64_t count);

}  // namespace systole::scalesim
