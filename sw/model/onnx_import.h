// ONNX graphs to Models.
#pragma once

#include <cstdint>
#include <string>

#include "sw/model/model.h"

namespace systole {

// A graph of quantized operators with one input and any number of outputs, in QDQ form (real
// operators between DequantizeLinear and QuantizeLinear), with QLinear operators, or mixed. What
// becomes what:
//   Conv, QLinearConv      kConv
//   Gemm, MatMul (+ Add), QLinearMatMul, QGemm
//                          kFullyConnected
//   MaxPool, GlobalMaxPool
//                          kMaxPool; also where no QuantizeLinear stands between it and the
//                          operator before (it commutes with requantization)
//   AveragePool, GlobalAveragePool, QLinearAveragePool, QLinearGlobalAveragePool,
//   ReduceMean over height and width
//                          kAveragePool
//   Add, QLinearAdd        kAdd, of two tensors
//   Concat, QLinearConcat  kConcat; an input of another scale through a kTable
//   Pad                    the padding of the convolution behind it, otherwise kPad
//   Softmax, QLinearSoftmax
//                          kSoftmax
//   Relu, Clip             the clamp of the layer before; a 1x1 kMaxPool with that clamp at the
//                          input, and where others read the layer's output, too; a kTable where a
//                          bound lies between two quantized values
//   LeakyRelu, PRelu, Sigmoid, Tanh, HardSigmoid, HardSwish, QLinearLeakyRelu, QLinearSigmoid,
//   BatchNormalization, Add, Sub, Mul, Div with a constant; products of such functions of one
//   tensor
//                          kTable, one for all of them between DequantizeLinear and QuantizeLinear
//   QuantizeLinear after DequantizeLinear
//                          nothing if scale and zero point stay; else a kTable
//   Flatten, Reshape, Squeeze, Unsqueeze, Transpose between N x C x H x W and N x H x W x C,
//   Identity, Dropout      nothing
// Metadata: systole.input_scale, systole.input_mean (what an image byte stands for),
// systole.average (integer, tflite). `file` starts every message and names the model. Throws
// InputError naming node and operator for anything else. Multipliers are not chosen yet
// (ChooseMultipliers); the result has passed CheckModel.
Model ImportOnnx(const uint8_t* data, size_t size, const std::string& file);

}  // namespace systole
