#include "sw/model/onnx_quant.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sw/model/images.h"

namespace systole {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

std::vector<float> ReadScales(const OnnxGraph& graph, const NodeProto& node,
                              const std::string& value) {
  Constant constant = graph.GetConstant(value, node);
  if (constant.type != TensorProto::FLOAT || constant.reals.empty())
    graph.Refuse(node, "its scale must be float");
  for (const float scale : constant.reals) {
    if (!(std::isfinite(scale) && scale > 0)) {
      graph.Refuse(node,
                   fmt::format("has the scale {}; a scale must be finite and positive", scale));
    }
  }
  return std::move(constant.reals);
}

int Offset(int type) { return type == TensorProto::UINT8 ? 128 : 0; }

void RequireByte(const OnnxGraph& graph, const NodeProto& node, const Constant& constant,
                 const char* what) {
  if (constant.type != TensorProto::INT8 && constant.type != TensorProto::UINT8) {
    graph.Refuse(node, fmt::format("{} must be int8 or uint8, but is {}", what,
                                   ElementTypeName(constant.type)));
  }
}

// Scales and zero points (in the int8 domain) of weights of `type` (0: not known yet, set from the
// zero point).
void ReadFilterParams(const OnnxGraph& graph, const NodeProto& node, const std::string& scale,
                      const std::string& zero_point, int& type, Filters& filters) {
  filters.scales = ReadScales(graph, node, scale);
  filters.zero_point = type == 0 ? 0 : -Offset(type);
  if (!zero_point.empty()) {
    const Constant zero = graph.GetConstant(zero_point, node);
    RequireByte(graph, node, zero, "the zero point of weights");
    if (type != 0 && type != zero.type)
      graph.Refuse(node, "weights and their zero point differ in type");
    type = zero.type;
    if (zero.integers.empty() ||
        (zero.integers.size() != 1 && zero.integers.size() != filters.scales.size())) {
      graph.Refuse(node, fmt::format("has {} zero points for {} scales", zero.integers.size(),
                                     filters.scales.size()));
    }
    for (const int32_t value : zero.integers) {
      if (value != zero.integers[0])
        graph.Refuse(node, "zero points differ between channels; per channel, they must be equal");
    }
    filters.zero_point = zero.integers[0] - Offset(type);
  } else if (type == 0) {
    type = TensorProto::UINT8;
    filters.zero_point = -128;
  }
}

void SetAxis(const OnnxGraph& graph, const NodeProto& node, int64_t axis, Filters& filters) {
  if (filters.scales.size() == 1) return;
  const auto rank = static_cast<int64_t>(filters.dims.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank ||
      filters.dims[axis] != static_cast<int64_t>(filters.scales.size())) {
    graph.Refuse(node, fmt::format("has {} weight scales, which match no channel axis",
                                   filters.scales.size()));
  }
  filters.axis = static_cast<int>(axis);
}

void SetIntegers(const Constant& constant, Filters& filters) {
  filters.values.reserve(constant.integers.size());
  const int offset = Offset(constant.type);
  for (const int32_t q : constant.integers)
    filters.values.push_back(static_cast<int8_t>(q - offset));
}

// The scale index of element i: its coordinate along the axis.
size_t ScaleIndex(const Filters& filters, size_t i) {
  if (filters.axis < 0) return 0;
  size_t inner = 1;
  for (size_t d = filters.axis + 1; d < filters.dims.size(); ++d) inner *= filters.dims[d];
  return i / inner % filters.dims[filters.axis];
}

void QuantizeReals(const OnnxGraph& graph, const NodeProto& node, const Constant& constant,
                   Filters& filters) {
  filters.values.reserve(constant.reals.size());
  Tensor grid;
  grid.zero_point = filters.zero_point;
  for (size_t i = 0; i < constant.reals.size(); ++i) {
    const float real = constant.reals[i];
    if (!std::isfinite(real))
      graph.Refuse(node, fmt::format("weight {} is {}; train or export the model again", i, real));
    grid.scale = filters.scales[ScaleIndex(filters, i)];
    filters.values.push_back(QuantizeReal(real, grid));
  }
}

std::string Input(const NodeProto& node, int i) {
  return i < node.input_size() ? node.input(i) : "";
}

void Transpose(Filters& filters) {
  const int64_t rows = filters.dims[0], columns = filters.dims[1];
  std::vector<int8_t> values(filters.values.size());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) values[c * rows + r] = filters.values[r * columns + c];
  }
  filters.values = std::move(values);
  filters.dims = {columns, rows};
  if (filters.axis >= 0) filters.axis = 1 - filters.axis;
}

void CheckBlockless(const OnnxGraph& graph, const NodeProto& node) {
  if (graph.Int(node, "block_size", 0) != 0)
    graph.Refuse(node, "block quantization is not supported");
}

}  // namespace

ActivationParams ReadActivationParams(const OnnxGraph& graph, const NodeProto& node,
                                      const std::string& scale, const std::string& zero_point) {
  CheckBlockless(graph, node);
  const std::vector<float> scales = ReadScales(graph, node, scale);
  if (scales.size() != 1)
    graph.Refuse(node, "activations are quantized per tensor, with one scale");
  ActivationParams params;
  params.scale = scales[0];
  if (zero_point.empty()) {
    const bool is_int8 = graph.Int(node, "output_dtype", 0) == TensorProto::INT8;
    params.type = is_int8 ? DType::kInt8 : DType::kUint8;
    params.zero_point = is_int8 ? 0 : -128;
    return params;
  }
  const Constant zero = graph.GetConstant(zero_point, node);
  RequireByte(graph, node, zero, "the zero point");
  if (zero.integers.size() != 1)
    graph.Refuse(node, "activations are quantized per tensor, with one zero point");
  params.type = zero.type == TensorProto::UINT8 ? DType::kUint8 : DType::kInt8;
  params.zero_point = zero.integers[0] - Offset(zero.type);
  return params;
}

Filters ReadQLinearFilters(const OnnxGraph& graph, const NodeProto& node,
                           const std::string& weights, const std::string& scale,
                           const std::string& zero_point, int channel_axis) {
  const Constant constant = graph.GetConstant(weights, node);
  RequireByte(graph, node, constant, "weights");
  Filters filters;
  filters.dims = constant.dims;
  int type = constant.type;
  ReadFilterParams(graph, node, scale, zero_point, type, filters);
  SetAxis(graph, node, channel_axis, filters);
  SetIntegers(constant, filters);
  return filters;
}

Filters ReadQdqFilters(const OnnxGraph& graph, const NodeProto& node, const std::string& value) {
  const NodeProto* source = graph.Producer(value);
  const bool transposed =
      source != nullptr && source->op_type() == "Transpose" && source->input_size() == 1;
  if (transposed) {
    graph.RequireAttributes(*source, {"perm"});
    if (graph.Ints(*source, "perm", {1, 0}) != std::vector<int64_t>{1, 0}) {
      graph.Refuse(*source, "weights may only be transposed as a matrix");
    }
    source = graph.Producer(source->input(0));
  }
  if (source == nullptr || source->op_type() != "DequantizeLinear" || source->input_size() < 2) {
    graph.Refuse(node, "its weights are not quantized; they must come from DequantizeLinear");
  }
  graph.RequireAttributes(*source, {"axis", "block_size"});
  CheckBlockless(graph, *source);

  Filters filters;
  int type = 0;
  const NodeProto* quantize = graph.Producer(source->input(0));
  if (quantize != nullptr && quantize->op_type() == "QuantizeLinear" &&
      quantize->input_size() >= 2) {
    graph.RequireAttributes(*quantize, {"axis", "block_size", "saturate", "output_dtype"});
    CheckBlockless(graph, *quantize);
    const Constant constant = graph.GetConstant(quantize->input(0), *quantize);
    if (constant.type != TensorProto::FLOAT) graph.Refuse(*quantize, "its input must be float");
    Filters forward;
    forward.dims = filters.dims = constant.dims;
    if (Input(*quantize, 2).empty() &&
        graph.Int(*quantize, "output_dtype", 0) == TensorProto::INT8) {
      type = TensorProto::INT8;
    }
    ReadFilterParams(graph, *quantize, quantize->input(1), Input(*quantize, 2), type, forward);
    SetAxis(graph, *quantize, graph.Int(*quantize, "axis", 1), forward);
    ReadFilterParams(graph, *source, source->input(1), Input(*source, 2), type, filters);
    SetAxis(graph, *source, graph.Int(*source, "axis", 1), filters);
    if (forward.scales != filters.scales || forward.zero_point != filters.zero_point ||
        forward.axis != filters.axis) {
      graph.Refuse(*source, "does not undo its QuantizeLinear: scale, zero point or axis differ");
    }
    QuantizeReals(graph, *quantize, constant, filters);
  } else {
    const Constant constant = graph.GetConstant(source->input(0), *source);
    RequireByte(graph, *source, constant, "weights");
    filters.dims = constant.dims;
    type = constant.type;
    ReadFilterParams(graph, *source, source->input(1), Input(*source, 2), type, filters);
    SetAxis(graph, *source, graph.Int(*source, "axis", 1), filters);
    SetIntegers(constant, filters);
  }
  if (transposed) {
    if (filters.dims.size() != 2) graph.Refuse(node, "transposed weights must be a matrix");
    Transpose(filters);
  }
  return filters;
}

std::vector<int32_t> ReadQdqBias(const OnnxGraph& graph, const NodeProto& node,
                                 const std::string& value, int n, float sx,
                                 const std::vector<float>& weight_scales) {
  const auto unit = [&](int i) {
    return double{sx} * double{weight_scales[weight_scales.size() == 1 ? 0 : i]};
  };
  std::vector<int32_t> bias(n);
  const NodeProto* source = graph.Producer(value);
  if (source == nullptr || source->op_type() != "DequantizeLinear" || source->input_size() < 2) {
    const Constant constant = graph.GetConstant(value, node);
    if (constant.type != TensorProto::FLOAT)
      graph.Refuse(node, "its bias must be float, or come from DequantizeLinear");
    if (constant.reals.size() != 1 && constant.reals.size() != static_cast<size_t>(n)) {
      graph.Refuse(node, fmt::format("has {} biases, needs {}", constant.reals.size(), n));
    }
    for (int i = 0; i < n; ++i) {
      const float real = constant.reals[constant.reals.size() == 1 ? 0 : i];
      const double quotient = std::nearbyint(real / unit(i));
      if (!(quotient >= INT32_MIN && quotient <= INT32_MAX)) {
        graph.Refuse(node, fmt::format("bias {} is {}, which does not fit 32 bits at the scale {}",
                                       i, real, unit(i)));
      }
      bias[i] = static_cast<int32_t>(quotient);
    }
    return bias;
  }
  graph.RequireAttributes(*source, {"axis", "block_size"});
  CheckBlockless(graph, *source);
  const Constant constant = graph.GetConstant(source->input(0), *source);
  if (constant.type != TensorProto::INT32) graph.Refuse(*source, "a quantized bias must be int32");
  const std::vector<float> scales = ReadScales(graph, *source, source->input(1));
  if (!Input(*source, 2).empty()) {
    const Constant zero = graph.GetConstant(source->input(2), *source);
    if (zero.type != TensorProto::INT32 ||
        std::any_of(zero.integers.begin(), zero.integers.end(), [](int32_t z) { return z != 0; })) {
      graph.Refuse(*source, "the zero point of a bias must be 0");
    }
  }
  const size_t size = constant.integers.size();
  if ((size != 1 && size != static_cast<size_t>(n)) ||
      (scales.size() != 1 && scales.size() != static_cast<size_t>(n))) {
    graph.Refuse(*source, fmt::format("has {} biases and {} scales for {} channels", size,
                                      scales.size(), n));
  }
  for (int i = 0; i < n; ++i) {
    const double scale = scales[scales.size() == 1 ? 0 : i];
    if (!(std::fabs(scale - unit(i)) <= 1e-5 * unit(i))) {
      graph.Refuse(
          *source,
          fmt::format(
              "bias scale {:.6g} of channel {} is not input scale times weight scale ({:.6g})",
              scale, i, unit(i)));
    }
    bias[i] = constant.integers[size == 1 ? 0 : i];
  }
  return bias;
}

std::vector<float> ReadReals(const OnnxGraph& graph, const NodeProto& node,
                             const std::string& value, std::vector<int64_t>& dims) {
  std::vector<float> reals;
  const NodeProto* source = graph.Producer(value);
  if (source != nullptr && source->op_type() == "DequantizeLinear" && source->input_size() >= 2) {
    const Constant constant = graph.GetConstant(source->input(0), *source);
    const std::vector<float> scales = ReadScales(graph, *source, source->input(1));
    const bool has_zero = !Input(*source, 2).empty();
    const Constant zero = has_zero ? graph.GetConstant(source->input(2), *source) : Constant{};
    if (scales.size() != 1 || (has_zero && zero.integers.size() != 1))
      graph.Refuse(*source, "this constant must be quantized with one scale and zero point");
    for (const int32_t q : constant.integers) {
      const int64_t steps = int64_t{q} - (has_zero ? zero.integers[0] : 0);
      reals.push_back(static_cast<float>(steps) * scales[0]);
    }
    dims = constant.dims;
  } else {
    Constant constant = graph.GetConstant(value, node);
    if (constant.type != TensorProto::FLOAT)
      graph.Refuse(node, fmt::format("the constant '{}' must be float", value));
    reals = std::move(constant.reals);
    dims = constant.dims;
  }
  for (const float real : reals) {
    if (!std::isfinite(real))
      graph.Refuse(node, fmt::format("the constant '{}' is {}", value, real));
  }
  if (reals.empty()) graph.Refuse(node, fmt::format("the constant '{}' is empty", value));
  return reals;
}

std::vector<int32_t> ReadQLinearBias(const OnnxGraph& graph, const NodeProto& node,
                                     const std::string& value, int n) {
  Constant constant = graph.GetConstant(value, node);
  if (constant.type != TensorProto::INT32 || constant.integers.size() != static_cast<size_t>(n)) {
    graph.Refuse(node, fmt::format("its bias must be {} int32 values", n));
  }
  return std::move(constant.integers);
}

}  // namespace systole
