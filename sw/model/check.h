// The invariants of a Model, whoever made it.
#pragma once

#include "sw/model/model.h"

namespace systole {

// Limits that keep every index of every description inside 32 bits; a network of practical size is
// far from them.
inline constexpr int kMaxSide = 1 << 16;      // height, width, kernel, stride, dilation, padding
inline constexpr int kMaxChannels = 1 << 24;  // channels, or elements of a flattened tensor
inline constexpr int64_t kMaxTensorElements = 1 << 28;  // of one image
inline constexpr int64_t kMaxWeightElements = 1 << 29;  // of one layer
inline constexpr int64_t kMaxWindowTaps = 1 << 20;      // of a pooling window

// Checks that tensors and layers form a graph as sw/model/model.h says: every layer reads tensors
// made before it, as many as its kind takes; every tensor but the last has a reader; tensor names
// are unique where there are any. Sizes of every tensor follow from its layer's inputs, weights,
// bias and weight scales have the sizes that the layer needs, scales are finite and positive, zero
// points and clamps lie in -128..127, every pooling window covers at least one element, max
// pooling, concatenation and TensorFlow Lite's average keep scale and zero point, the limits above
// hold. Multipliers are not looked at (see ProveRanges in sw/quant/range_proof.h). Throws
// InputError:
// "<model>: layer '<name>' (<operator>): <what>".
void CheckModel(const Model& model);

}  // namespace systole
