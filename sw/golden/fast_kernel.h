// The two inner loops of FastGolden, compiled for several instruction sets and chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sw/arith/rounding.h"

namespace systole {

// Output channels are computed in blocks of this many.
inline constexpr int kChannelBlock = 8;

// acc[p * stride + j] = bias[j] + sum_k x[bases[p] + offsets[k]] w[k][j][0] + x[bases[p] +
// offsets[k] + 1] w[k][j][1] for p < pixels, j < kChannelBlock, k < pairs. w: pairs x kChannelBlock
// x 2. |x|, |w| <= 255.
struct PairSums {
  const int16_t* x;
  const ptrdiff_t* bases;
  int64_t pixels;
  const ptrdiff_t* offsets;
  int64_t pairs;
  const int16_t* w;
  const int32_t* bias;
  int32_t* acc;
  int64_t stride;
};
void SumPairs(const PairSums& sums);

// y[p * y_stride + n] = Requantize(acc[p * stride + n], m[n], s[n], mode, zy, lo, hi) for p <
// pixels, n < channels. acc, m, s, scale are readable up to the next multiple of kChannelBlock.
// scale[n] = m[n] * 2^-s[n] in single precision, read in mode float32 alone (where it is exact).
struct RequantizeTask {
  const int32_t* acc;
  int64_t pixels, stride;
  int channels;
  const int32_t* m;
  const int32_t* s;
  const float* scale;
  Rounding mode;
  int zy, lo, hi;
  int8_t* y;
  int64_t y_stride;
};
void RequantizeAll(const RequantizeTask& task);

}  // namespace systole
