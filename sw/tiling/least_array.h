// The fewest cycles of the weight-stationary array for a dense convolution, over the compiler's
// mappings of it.
//
// A cell of ph x pw neighbouring pixels has ph * pw * N columns, cut into folds of COLS; a fold
// reads the window of its own pixels, of k elements, in slices of ROWS. A slice takes max(M, wl, 3)
// cycles for M cells, wl = min(columns, COLS / WPORT). So no tiling takes fewer than
//
//   max( ceil(pixels * s / (ph * pw)),  sum over folds of slices * max(wl, 3) ),
//
// s the slices of all folds, with the cells for which either is least.
#pragma once

#include <cstdint>

#include "sw/isa/config.h"

namespace systole {

struct DenseShape {
  int kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
  bool dilated = false;
  int inputs = 1, outputs = 1;  // channels
  int out_h = 1, out_w = 1;
};

// `pixels`: results wanted, of all images.
int64_t LeastArrayCycles(const DenseShape& shape, int64_t pixels, const HwConfig& config);

}  // namespace systole
