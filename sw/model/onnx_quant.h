// The quantization parameters, weights and biases that ONNX nodes name, in the int8 domain.
#pragma once

#include <string>
#include <vector>

#include "sw/model/model.h"
#include "sw/model/onnx_graph.h"

namespace systole {

// Of an activation: per tensor. zero_point in the int8 domain.
struct ActivationParams {
  float scale = 1;
  int zero_point = 0;
  DType type = DType::kInt8;
};

// `zero_point` may be "" (then uint8 with zero point 0, as in ONNX, unless the node's output_dtype
// says int8). Refused: a scale that is not one finite positive float, a zero point of another type,
// block quantization.
ActivationParams ReadActivationParams(const OnnxGraph& graph, const onnx::NodeProto& node,
                                      const std::string& scale, const std::string& zero_point);

struct Filters {
  std::vector<int64_t> dims;  // of `values`
  std::vector<int8_t> values;
  std::vector<float> scales;  // 1, or one per index of dims[axis]
  int zero_point = 0;
  int axis = -1;  // of per-channel scales; -1: per tensor
};

// Weights of a QLinear node: the constant and its scale and zero point. Scales of more than one
// entry belong to `channel_axis`.
Filters ReadQLinearFilters(const OnnxGraph& graph, const onnx::NodeProto& node,
                           const std::string& weights, const std::string& scale,
                           const std::string& zero_point, int channel_axis);

// Weights of a QDQ node: the output of DequantizeLinear on a constant, or on QuantizeLinear of a
// constant (weights kept in float, quantized here as ONNX does); for a matrix, a Transpose may
// follow. Refused: NaN or infinite weights.
Filters ReadQdqFilters(const OnnxGraph& graph, const onnx::NodeProto& node,
                       const std::string& value);

// A bias of `n` int32 values of scale sx * weight_scales[n]. `value`: a DequantizeLinear of an
// int32 constant whose scale is that (within 1e-5 of it: tools round it in different ways), or a
// float constant, rounded half even to that scale.
std::vector<int32_t> ReadQdqBias(const OnnxGraph& graph, const onnx::NodeProto& node,
                                 const std::string& value, int n, float sx,
                                 const std::vector<float>& weight_scales);

// The reals of a constant, float or dequantized per tensor, and its dimensions. Refused: reals that
// are not finite.
std::vector<float> ReadReals(const OnnxGraph& graph, const onnx::NodeProto& node,
                             const std::string& value, std::vector<int64_t>& dims);

// An int32 constant of `n` values.
std::vector<int32_t> ReadQLinearBias(const OnnxGraph& graph, const onnx::NodeProto& node,
                                     const std::string& value, int n);

}  // namespace systole
