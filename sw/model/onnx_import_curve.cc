// Functions of one value. While reals depend on one tensor's value alone they are kept as a curve,
// computed step by step as ONNX Runtime does in single precision; QuantizeLinear makes a table of
// it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sw/model/onnx_functions.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

Curve OnnxImporter::Reals(const NodeProto& node) const {
  if (cur_.curve != nullptr) return *cur_.curve;
  RequireGrid(node);
  const Tensor& tensor = model_.tensors[cur_.tensor];
  Curve reals;
  for (int x = -128; x < 128; ++x)
    reals.push_back(tensor.scale * static_cast<float>(x - tensor.zero_point));
  return reals;
}

void OnnxImporter::SetReals(const NodeProto& node, Curve curve) {
  cur_.curve = std::make_shared<const Curve>(std::move(curve));
  cur_.last_real = &node;
}

template <typename Function>
void OnnxImporter::Map(const NodeProto& node, Function function) {
  Curve curve = Reals(node);
  for (float& real : curve) real = function(real);
  SetReals(node, std::move(curve));
}

template <typename Function>
void OnnxImporter::MapChannels(const NodeProto& node, Function function) {
  const Curve from = Reals(node);
  const auto channels = static_cast<size_t>(back().c);
  Curve curve;
  curve.reserve(256 * channels);
  for (size_t c = 0; c < channels; ++c) {
    const size_t first = from.size() == 256 ? 0 : 256 * c;
    for (size_t i = 0; i < 256; ++i) curve.push_back(function(from[first + i], c));
  }
  SetReals(node, std::move(curve));
}

bool OnnxImporter::AlongChannels(const std::vector<int64_t>& dims) const {
  const Tensor& tensor = model_.tensors[cur_.tensor];
  std::vector<int64_t> left = dims;
  const std::vector<int64_t> want = cur_.flat || cur_.last ? std::vector<int64_t>{tensor.c}
                                                           : std::vector<int64_t>{tensor.c, 1, 1};
  while (left.size() > want.size() && left.front() == 1) left.erase(left.begin());
  return left == want && (!cur_.flat || tensor.h * tensor.w == 1);
}

std::vector<float> OnnxImporter::ChannelConstants(const NodeProto& node,
                                                  const std::string& value) const {
  std::vector<int64_t> dims;
  std::vector<float> reals = ReadReals(graph_, node, value, dims);
  if (reals.size() == 1 && dims.size() <= (cur_.flat ? 2u : 4u)) return reals;
  if (!AlongChannels(dims)) graph_.Refuse(node, "its constant does not lie along the channels");
  return reals;
}

void OnnxImporter::Activation(const NodeProto& node) {
  RequireInputs(node, 1, 1);
  const std::string& op = node.op_type();
  if (op == "Sigmoid" || op == "Tanh" || op == "HardSwish") graph_.RequireAttributes(node, {});
  if (op == "Sigmoid") return Map(node, OrtSigmoid);
  if (op == "Tanh") return Map(node, OrtTanh);
  if (op == "HardSwish") {
    return Map(node, [](float x) { return x * OrtHardSigmoid(x, 1.0f / 6.0f, 0.5f); });
  }
  if (op == "HardSigmoid") {
    graph_.RequireAttributes(node, {"alpha", "beta"});
    const float alpha = graph_.Float(node, "alpha", 0.2f), beta = graph_.Float(node, "beta", 0.5f);
    return Map(node, [&](float x) { return OrtHardSigmoid(x, alpha, beta); });
  }
  graph_.RequireAttributes(node, {"alpha"});
  const float alpha = graph_.Float(node, "alpha", 0.01f);
  Map(node, [&](float x) { return x >= 0 ? x : alpha * x; });
}

void OnnxImporter::PRelu(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  graph_.RequireAttributes(node, {});
  const std::vector<float> slopes = ChannelConstants(node, node.input(1));
  const auto function = [&](float x, size_t c) {
    return x > 0 ? x : slopes[slopes.size() == 1 ? 0 : c] * x;
  };
  if (slopes.size() == 1) return Map(node, [&](float x) { return function(x, 0); });
  MapChannels(node, function);
}

void OnnxImporter::BatchNormalization(const NodeProto& node) {
  RequireInputs(node, 5, 5);
  graph_.RequireAttributes(node, {"epsilon", "momentum", "spatial", "training_mode"});
  if (graph_.Int(node, "training_mode", 0) != 0 || graph_.Int(node, "spatial", 1) != 1)
    graph_.Refuse(node, "training_mode and spatial=0 are not supported");
  if (cur_.state != State::kGrid) {
    graph_.Refuse(node,
                  "its input is not quantized: fold it into the convolution before it, before "
                  "quantizing; or put QuantizeLinear and DequantizeLinear before it");
  }
  std::vector<float> constants[4];  // scale, bias, mean, variance
  for (int i = 0; i < 4; ++i) {
    std::vector<int64_t> dims;
    constants[i] = ReadReals(graph_, node, node.input(i + 1), dims);
    if (constants[i].size() != static_cast<size_t>(back().c))
      graph_.Refuse(node, fmt::format("its input {} must hold {} reals", i + 1, back().c));
  }
  if (cur_.last || (cur_.flat && back().h * back().w != 1)) RequireImage(node);
  const float epsilon = graph_.Float(node, "epsilon", 1e-5f);
  MapChannels(node, [&](float x, size_t c) {
    const OrtAffine affine = OrtBatchNormalization(constants[0][c], constants[1][c],
                                                   constants[2][c], constants[3][c], epsilon);
    const float product = x * affine.factor;
    return product + affine.term;
  });
}

void OnnxImporter::ConstantOperand(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  graph_.RequireAttributes(node, {});
  const bool first = values_.count(node.input(0)) != 0;
  const std::string& value = node.input(first ? 1 : 0);
  if (!graph_.IsConstant(value)) {
    graph_.Refuse(node,
                  "its second operand is quantized: ONNX Runtime computes that in another "
                  "arithmetic; keep the constant as float, or cut the model before it");
  }
  const std::vector<float> constants = ChannelConstants(node, value);
  const std::string& op = node.op_type();
  const auto function = [&](float x, size_t c) {
    const float k = constants[constants.size() == 1 ? 0 : c];
    if (op == "Add") return x + k;
    if (op == "Mul") return x * k;
    if (op == "Sub") return first ? x - k : k - x;
    return first ? x / k : k / x;
  };
  if (constants.size() == 1) return Map(node, [&](float x) { return function(x, 0); });
  MapChannels(node, function);
}

void OnnxImporter::Multiply(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  const auto a = values_.find(node.input(0)), b = values_.find(node.input(1));
  if (a == values_.end() || b == values_.end()) return ConstantOperand(node);
  graph_.RequireAttributes(node, {});
  const bool one_value = a->second.tensor == b->second.tensor && a->second.state == State::kGrid &&
                         b->second.state == State::kGrid &&
                         (a->second.curve != nullptr || b->second.curve != nullptr) &&
                         a->second.flat == b->second.flat && a->second.last == b->second.last;
  if (!one_value) {
    graph_.Refuse(node, fmt::format("multiplies two tensors ('{}', '{}'); only a constant factor "
                                    "is supported; cut the model before it",
                                    node.input(0), node.input(1)));
  }
  cur_ = a->second;
  const Curve left = Reals(node);
  cur_ = b->second;
  const Curve right = Reals(node);
  const size_t size = std::max(left.size(), right.size());
  Curve product(size);
  for (size_t i = 0; i < size; ++i)
    product[i] =
        left[left.size() == size ? i : i % 256] * right[right.size() == size ? i : i % 256];
  SetReals(node, std::move(product));
}

void OnnxImporter::QLinearActivation(const NodeProto& node) {
  RequireInputs(node, 4, 5);
  Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
  const ActivationParams out =
      ReadActivationParams(graph_, node, node.input(3), InputName(node, 4));
  cur_.state = State::kGrid;
  if (node.op_type() == "QLinearSigmoid") {
    graph_.RequireAttributes(node, {});
    Map(node, OrtSigmoid);
  } else {
    graph_.RequireAttributes(node, {"alpha"});
    const float alpha = graph_.Float(node, "alpha", 0.01f);
    Map(node, [&](float x) { return x >= 0 ? x : alpha * x; });
  }
  QuantizeGrid(node, out);
  cur_.state = State::kQuantized;
  cur_.type = out.type;
}

}  // namespace systole
