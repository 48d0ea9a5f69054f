// The definition: what every layer's output is. Plain loops over the exchange format's own layout,
// no tiling, no folding; every other description is compared with this one.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/model/model.h"

namespace systole {

// A layer of one input on one image. x: C x H x W elements of `in`; returns C x H x W elements of
// `out`.
//   kConv, kFullyConnected  acc = sum_k (x[k] - Zx)(w[k,n] - Zw) + bias[n], padding is real zero
//                           (adds nothing); y = clamp(Zy + R(acc * m[n], s[n]), lo, hi)
//   kMaxPool                y = clamp(max over the window's real elements, lo, hi)
//   kAveragePool            integer, TensorFlow Lite's mean: acc = sum over the window (x - Zx),
//                           y = clamp(Zy + R(acc * m[count], s[count]), lo, hi); count = KH * KW if
//                           count_include_pad, else the window's real elements
//                           tflite: acc = sum over the window x,
//                           y = clamp(R(acc * m[count], s[count]), lo, hi)
//                           of uint8: acc = sum over the window (x + 128),
//                           y = clamp(R(acc * m[count], s[count]) - 128, lo, hi)
//   kPad                    y = clamp(x, lo, hi), around it clamp(Zx, lo, hi)
//   kTable                  y = clamp(table[x + 128], lo, hi), a table for all channels or for each
//   kSoftmax                y = clamp(sw/arith/softmax.h of the channels, lo, hi)
std::vector<int8_t> RunLayer(const Layer& layer, const Tensor& in, const Tensor& out,
                             const int8_t* x);

// Every layer's output for one image (C x H x W of the model's input), in the model's topological
// order; result[i] is tensors[i + 1].
//   kConcat                 y = clamp(x, lo, hi), the channels of the inputs one after the other
//   kAdd                    y = sw/arith/add.h of the two inputs' elements, clamped to lo..hi
// The model has passed CheckModel(), its multipliers ProveRanges().
std::vector<std::vector<int8_t>> RunReference(const Model& model, const int8_t* image);

}  // namespace systole
