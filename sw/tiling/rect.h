// A rectangle of a stage's output as a stage of its own: which input it reads, which padding is
// left of it.
#pragma once

#include "sw/compiler/stage.h"

namespace systole {

struct Rect {
  int oy0 = 0, oy1 = 0, ox0 = 0, ox1 = 0;  // outputs, half open
  int iy0 = 0, iy1 = 0, ix0 = 0, ix1 = 0;  // of the input, half open; may be empty (padding alone)
  Stage stage;                             // its h, w, pads and outputs are those of the rectangle
};

// `bare`: a stage without weights, biases and multipliers.
Rect CutRect(const Stage& bare, int oy0, int oy1, int ox0, int ox1);

// The stage without weights, biases and multipliers.
Stage Bare(const Stage& stage);

// Input pixels along an axis that `outputs` neighbouring outputs read, padding included.
int WindowExtent(int outputs, int pool, int pool_stride, int pool_dilation, int kernel, int stride,
                 int dilation);

}  // namespace systole
