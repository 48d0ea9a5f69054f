// The constant of a layer's sum that depends on weights alone.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/model/model.h"

namespace systole {

// Elements of one filter: K = (C / groups) * KH * KW; K of the flattened input for a fully
// connected layer. Needs bias.size() = N > 0 and weights.size() = N * K.
inline int64_t FilterElements(const Layer& layer) {
  return static_cast<int64_t>(layer.weights.size()) / static_cast<int64_t>(layer.bias.size());
}

// One entry per output channel n:  bias[n] - Zx * sum_k w[k,n] + K * Zx * Zw,  so that
//   sum_k (x[k] - Zx)(w[k,n] - Zw) + bias[n] = sum_k x[k] w[k,n] - Zw * sum_k x[k] + FoldedBias[n].
// kConv and kFullyConnected only. Throws InputError naming the layer if an entry does not fit
// int32.
std::vector<int32_t> FoldedBias(const Layer& layer, int zx);

}  // namespace systole
