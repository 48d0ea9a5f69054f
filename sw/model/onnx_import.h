// ONNX graphs to Models.
#pragma once

#include <cstdint>
#include <string>

#include "sw/model/model.h"

namespace systole {

// A chain of quantized operators, in QDQ form (real operators between DequantizeLinear and
// QuantizeLinear), with QLinear operators, or mixed. What is read, and what it becomes:
//   Conv, QLinearConv                         kConv
//   Gemm, MatMul (+ Add), QLinearMatMul, QGemm  kFullyConnected
//   MaxPool, GlobalMaxPool                    kMaxPool; without QuantizeLinear between it and the
//   operator before, too
//                                             (it commutes with requantization)
//   AveragePool, GlobalAveragePool, QLinear*  kAveragePool
//   Relu, Clip                                the clamp of the layer before; at the input a 1x1
//   kMaxPool with that clamp QuantizeLinear after DequantizeLinear     nothing if scale and zero
//   point stay; else a 1x1 kAveragePool (requantizes) Flatten, Reshape, Squeeze, Identity, Dropout
//   nothing
// Metadata: systole.input_scale, systole.input_mean (what an image byte stands for),
// systole.average (integer, tflite). `file` starts every message and names the model. Throws
// InputError naming node and operator for anything else. Multipliers are not chosen yet
// (ChooseMultipliers); the result has passed CheckModel.
Model ImportOnnx(const uint8_t* data, size_t size, const std::string& file);

}  // namespace systole
