// Softmax of int8 values, bit for bit as the frameworks compute it (docs/arithmetic.md, "Softmax").
// No part of the accelerator: the host's step at the end of a network.
#pragma once

#include <cstdint>
#include <string>

#include "sw/arith/rounding.h"

namespace systole {

struct SoftmaxParams {
  float beta = 1;
  float input_scale = 1;
  float output_scale = 1.0f / 256;
  int output_zero_point = -128;  // in the int8 domain
  Rounding rounding = Rounding::kFloat32;
};

// y[i] from x[0..size-1]; size >= 1, scales finite and positive. The input's zero point does not
// matter.
//   float32    ONNX Runtime's QLinearSoftmax: e = exp(beta Sx (x - max)) as a table in single
//              precision, summed in order, y = clamp(Zy + RNE(e floor(1 / Sy) / sum)).
//   otherwise  TensorFlow Lite's reference kernel in fixed point: eight bits of probability q
//              (scale 1/256); with another output scale y = clamp(Zy + R(q m, s)) in the mode, of
//              (1/256) / Sy.
void Softmax(const SoftmaxParams& params, const int8_t* x, int64_t size, int8_t* y);

// Why these parameters cannot be evaluated over `size` channels; "": they can.
std::string SoftmaxMisfit(const SoftmaxParams& params, int64_t size);

}  // namespace systole
