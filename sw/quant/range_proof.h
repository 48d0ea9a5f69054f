// Proof from a model's actual weights that no accumulator can leave int32.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/model.h"

namespace systole {

struct Range {
  int64_t lo = 0, hi = 0;  // closed
};

// The least and greatest sum_k x[k] * (w[k] - zw) over all x[k] in x (0 or more terms; zw = 0: the
// raw sum).
Range ProductSumRange(const int8_t* w, int64_t size, int zw, Range x);

// Values that tensors[i] of the model can hold: what the layers before it let through, -128..127 at
// the input.
std::vector<Range> TensorRanges(const Model& model);

// Over all inputs, positions and output channels of layers[i]; all zero for kMaxPool and kConcat.
// In the order of the hardware:
//   raw        sum x * w (average pooling: sum x)        padding reads Zx
//   row_sum    sum x
//   corrected  raw - Zw * row_sum                        max pooling may happen on it
//   final      corrected + FoldedBias (average pooling, integer: sum x - count * Zx), the input of
//   requantization
struct LayerRanges {
  Range raw, row_sum, corrected, final;
};
LayerRanges RangesOf(const Model& model, size_t i);

// Checks, after ChooseMultipliers() or multipliers set by hand, that every layer's multipliers obey
// their mode (count, m < 2^31, s <= 62, tflite: m >= 2^30 or 0 but for its mean, float32: 24
// significant bits; an addition's as sw/arith/add.h bounds them), that
// the four ranges above and the folded bias fit int32, and in `tflite` that acc << left does.
// Throws InputError naming the layer and the channel. Returns warnings, one line each: layers whose
// every output is the same whatever the input.
std::vector<std::string> ProveRanges(const Model& model);

}  // namespace systole
