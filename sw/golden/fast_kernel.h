// The inner loops of FastGolden, compiled for several instruction sets and chosen at run time.
// Activations are bytes of x + 128, pixel by pixel, the channels of a pixel together.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sw/arith/add.h"
#include "sw/arith/rounding.h"

namespace systole {

// Output channels of one sum are computed in blocks: of quads, of pairs.
inline constexpr int kQuadBlock = 64, kPairBlock = 8;
// Arrays of a value per channel are readable up to the next multiple of this.
inline constexpr int kLaneBlock = 16;
// Bytes that the loops may read behind the last element that they use.
inline constexpr int kOverread = 64;

// acc[p * stride + j] = bias[j] + sum over all runs r and their bytes i < 4 quads[r] of
//     x[bases[p] + offsets[r] + i] w[...][j][...]
// for p < pixels, j < channels (a multiple of kLaneBlock, at most kQuadBlock). A run is a stretch
// of neighbouring bytes, four to a quad. w: the quads of all runs x channels x 4.
struct QuadSums {
  const uint8_t* x;
  const ptrdiff_t* bases;
  int64_t pixels;
  const ptrdiff_t* offsets;
  const int64_t* quads;
  int64_t runs;
  const int8_t* w;
  int channels;
  const int32_t* bias;
  int32_t* acc;
  int64_t stride;
};
// Whether this processor multiplies bytes and sums four products in one step; SumQuads needs it.
bool HasQuads();
void SumQuads(const QuadSums& sums);

// acc[p * stride + j] = bias[j] + sum_k x[bases[p] + offsets[k]] w[k][j][0] + x[bases[p] +
// offsets[k] + 1] w[k][j][1] for p < pixels, j < kPairBlock, k < pairs. w: pairs x kPairBlock x 2.
// |x|, |w| <= 255.
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

// Depthwise: acc[p * stride + c] = bias[c] + sum_t x[bases[p] + offsets[t] + c] w[t * stride + c]
// for p < pixels, c < channels (a multiple of kLaneBlock), t < taps.
struct DepthwiseSums {
  const uint8_t* x;
  const ptrdiff_t* bases;
  int64_t pixels;
  const ptrdiff_t* offsets;
  int64_t taps;
  const int32_t* w;
  int channels;
  const int32_t* bias;
  int32_t* acc;
  int64_t stride;
};
void SumDepthwise(const DepthwiseSums& sums);

// y[p * y_stride + n] = 128 + Requantize(acc[p * stride + n], m[n], s[n], mode, zy, lo, hi) for p <
// pixels, n < channels. acc, m, s, scale are readable up to the next multiple of kLaneBlock.
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
  uint8_t* y;
  int64_t y_stride;
};
void RequantizeAll(const RequantizeTask& task);

// y[e] = 128 + AddQuantized(x1[e] - 128, x2[e] - 128, params, mode, lo, hi) for e < elements.
struct AddTask {
  const uint8_t* x1;
  const uint8_t* x2;
  int64_t elements;
  AddParams params;
  Rounding mode;
  int lo, hi;
  uint8_t* y;
};
void AddAll(const AddTask& task);

}  // namespace systole
