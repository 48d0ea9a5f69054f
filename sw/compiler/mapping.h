// How a stage lies on the array: which output pixels and channels are columns, which window elements are lanes.
//
// Pixel packing: a cell of ph x pw neighbouring convolution outputs is computed at once; column p*cout + n of the cell
// is pixel p (row by row) of filter n, and the kernel is Toeplitz-expanded over the window that covers the cell. The
// packing is ragged: a fold of COLS columns reads only the window that its own pixels need.
#pragma once

#include <string>
#include <vector>

#include "sw/compiler/stage.h"
#include "sw/isa/config.h"

namespace systole {

// One lane of a K-slice: element (row, column, channel) of the fold's window; channel -1: not part of it (weight zw).
struct Lane {
  int ky = 0, kx = 0, c = -1;
};

struct Slice {
  int ky = 0, kx = 0, c = 0;  // window element of lane 0; lane j reads `contiguous` bytes further where rows allow
  std::vector<Lane> lanes;    // ROWS entries
  int valid = 0;              // lanes that are part of the window
};

struct Column {
  int dy = 0, dx = 0;  // pixel inside the cell
  int n = 0;           // output channel
};

// One column fold: up to COLS columns over one window.
struct Fold {
  int dy = 0, dx = 0;  // first pixel (of the cell) that the window serves
  int c0 = 0;          // first input channel of the window
  std::vector<Column> columns;
  std::vector<Slice> slices;
};

enum class WindowOrder {
  kFlattened,  // (ky, kx, c) in one run, rows of window_w * cin elements; the line pitch is congruent to that
  kByRow,      // slices start anew at each kernel row
  kByPixel,    // slices start anew at each kernel element (dilation, groups)
};

struct Mapping {
  int ph = 1, pw = 1;
  int window_w = 1;  // window columns of every fold (kFlattened)
  WindowOrder order = WindowOrder::kFlattened;
  std::vector<Fold> folds;
  bool joint = false;  // all folds of a tile belong to one job (packing): their outputs meet in the pooling

  int Slices() const;
  std::string Describe() const;
};

// The mapping with the fewest cycles for the stage on this array.
Mapping ChooseMapping(const Stage& stage, const HwConfig& config);

// Cells (vectors) along an axis of `pixels` convolution outputs.
inline int Cells(int pixels, int per_cell) { return (pixels + per_cell - 1) / per_cell; }

}  // namespace systole
