// How a stage lies on the array: which output pixels and channels are columns, which window
// elements are lanes.
//
// Pixel packing: a cell of ph x pw neighbouring convolution outputs is computed at once; column
// p*cout + n of the cell is pixel p (row by row) of filter n, and the kernel is Toeplitz-expanded
// over the window that covers the cell. The packing is ragged: a fold of COLS columns reads only
// the window that its own pixels need.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sw/compiler/stage.h"
#include "sw/isa/config.h"
#include "sw/timing/matmul_law.h"

namespace systole {

// Element (row, column, channel) of a fold's window.
struct Lane {
  int ky = 0, kx = 0, c = 0;
};

struct Column {
  int dy = 0, dx = 0;  // pixel inside the cell
  int n = 0;           // output channel
};

// One column fold: up to COLS columns over one window, whose elements in (ky, kx, c) order are cut
// into K-slices of ROWS lanes. Slices start anew at each run of `run` elements; the last slice of a
// run may have fewer valid lanes.
struct Fold {
  int dy = 0, dx = 0;  // first pixel (of the cell) that the window serves
  int c0 = 0, nc = 1;  // input channels of the window: nc from c0 on
  int window_h = 1, window_w = 1;
  int first_column = 0;  // index pixel * cout + n among the cell's columns
  int columns = 0;
  int rows = 1;  // lanes of a slice; 1: output stationary, where a slice is a step
  int run = 1, run_slices = 1, slices = 1;
  bool input = false;  // input stationary: columns are filters, a row of weights each

  int FirstElement(int slice) const { return slice / run_slices * run + slice % run_slices * rows; }
  int Valid(int slice) const { return std::min(rows, run - slice % run_slices * rows); }
  Lane Element(int k) const {
    const int per_row = window_w * nc;
    return {k / per_row, k % per_row / nc, c0 + k % nc};
  }
  // Do both read the same pattern of bytes, each from its own window base?
  bool SamePattern(const Fold& o) const {
    return nc == o.nc && window_h == o.window_h && window_w == o.window_w && run == o.run;
  }
};

// Column mode: taps kx0 to kx1 - 1 of a kernel line, which rows of the array hold together; row 0
// sees the pixel `offset` places from the window's first.
struct TapGroup {
  int offset = 0, kx0 = 0, kx1 = 1;
  bool zero_point = false;  // each weight is minus the weights' zero point
};

enum class WindowOrder {
  kFlattened,  // (ky, kx, c) in one run, rows of window_w * cin elements; the line pitch is
               // congruent to that
  kByRow,      // slices start anew at each kernel row
  kByPixel,    // slices start anew at each kernel element (dilation, groups)
};

struct Mapping {
  int ph = 1, pw = 1;
  int window_w = 1;  // window columns of every fold (kFlattened)
  WindowOrder order = WindowOrder::kFlattened;
  std::vector<Fold> folds;
  bool joint =
      false;  // all folds of a tile belong to one job (packing): their outputs meet in the pooling
  // Columns are cut into folds of `cols`, anew at each block of `block` columns.
  int block = 1, cols = 1;
  // Column mode (sw/compiler/column_mapping.h); empty: dense.
  std::vector<TapGroup> tap_groups;
  // Vectors of a line of `cells` cells; the cells are every vector_step-th of them.
  int vector_step = 1, vector_tail = 0;
  int LineVectors(int cells) const { return (cells - 1) * vector_step + 1 + vector_tail; }
  // Output stationary (sw/compiler/output_mapping.h): ROWS; 0: weight stationary. `lane_lines`:
  // input lines from lane to lane, 0 where the output is one line of cells.
  int tile_rows = 0, lane_lines = 0;
  bool OutputStationary() const { return tile_rows > 0; }
  // Input stationary (sw/compiler/input_mapping.h): COLS; 0: not so. Blocks of COLS filters have
  // accumulator entries behind each other.
  int input_cols = 0;
  bool InputStationary() const { return input_cols > 0; }
  int Blocks() const {
    return input_cols == 0 ? 1 : std::max(1, (cols + input_cols - 1) / input_cols);
  }
  // Accumulator entries from cell to cell, and from line to line of `cells` cells.
  int EntryStep() const { return tile_rows > 0 ? tile_rows : vector_step; }
  int EntryLine(int cells) const { return tile_rows > 0 ? 1 : LineVectors(cells); }

  // Where column `index` (pixel * cout + n) of the cell is computed; `left`: columns from it to the
  // end of its fold.
  struct Place {
    int fold, column, left;
  };
  Place At(int index) const {
    int b = 0, i = index;
    if (index >= block) {
      b = index / block;
      i -= b * block;
    }
    const int f = i / cols, column = i - f * cols,
              together = input_cols == 0 ? cols - column : input_cols - column % input_cols;
    return {b > 0 ? b * ((block + cols - 1) / cols) + f : f, column,
            std::min({together, cols - column, block - i})};
  }
  Column ColumnOf(const Stage& stage, const Fold& fold, int i) const {
    const int index = fold.first_column + i, pixel = index / stage.cout;
    return {pixel / pw, pixel % pw, index % stage.cout};
  }

  int Slices() const;
  std::string Describe() const;
};

// Cycles to shift one slice's weights in, and the rows they take in the weight buffer.
inline int LoadCycles(const Fold& fold, const HwConfig& config) {
  if (fold.input) return fold.columns;
  return fold.rows == 1 ? 1 : static_cast<int>(WeightLoadCycles(fold.columns, config));
}

// Cells (vectors) along an axis of `pixels` convolution outputs.
inline int Cells(int pixels, int per_cell) { return (pixels + per_cell - 1) / per_cell; }

}  // namespace systole
