// The softmax of a layer in terms of numbers alone.
#pragma once

#include "sw/arith/softmax.h"
#include "sw/model/model.h"

namespace systole {

// layer.kind is kSoftmax; its rounding mode is chosen.
inline SoftmaxParams SoftmaxOf(const Layer& layer, const Tensor& in, const Tensor& out) {
  return {layer.beta, in.scale, out.scale, out.zero_point, layer.rounding};
}

}  // namespace systole
