// Relu and Clip: clamps of the layer before where their bounds are quantized values, otherwise
// functions of one value.
#include <algorithm>
#include <cmath>
#include <limits>

#include "sw/model/images.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;
using onnx::TensorProto;

void OnnxImporter::Clamp(Layer& layer, int lo, int hi) {
  lo = std::min(lo, hi);  // ONNX: min(max(x, lo), hi)
  layer.clamp_lo = std::clamp(layer.clamp_lo, lo, hi);
  layer.clamp_hi = std::clamp(layer.clamp_hi, lo, hi);
}

void OnnxImporter::ClampHere(const NodeProto& node, int lo, int hi) {
  if (lo <= -128 && hi >= 127) return;
  if (cur_.tensor == 0 || cur_.shared) AppendCopy(node);
  Clamp(Maker(), lo, hi);
}

int OnnxImporter::GridBound(float bound, bool is_upper, bool& exact) {
  const int q = QuantizeReal(bound, back());
  const float real = back().scale * static_cast<float>(q - back().zero_point);
  const bool outside = is_upper ? q == 127 && bound > real : q == -128 && bound < real;
  exact = exact && (outside || real == bound);
  return q;
}

void OnnxImporter::ClipReal(const NodeProto& node, float lo, float hi) {
  cur_.bias_may_follow = false;
  if (cur_.state == State::kRealInput)
    graph_.Refuse(node, "its input is not quantized; QuantizeLinear must come before");
  if (cur_.state == State::kOpen) {
    cur_.clamps.push_back({cur_.tensor - 1, lo, hi});
    cur_.last_real = &node;
    return;
  }
  bool exact = cur_.curve == nullptr;
  const int q_lo = GridBound(lo, false, exact), q_hi = GridBound(hi, true, exact);
  if (exact) return ClampHere(node, q_lo, q_hi);
  Curve curve = Reals(node);
  for (float& real : curve) real = std::min(std::max(real, lo), hi);
  SetReals(node, std::move(curve));
}

void OnnxImporter::Relu(const NodeProto& node) {
  RequireInputs(node, 1, 1);
  graph_.RequireAttributes(node, {});
  if (cur_.state == State::kQuantized) {
    ClampHere(node, cur_.type == DType::kUint8 ? -128 : 0, 127);  // max(q, 0) in the file's type
  } else {
    ClipReal(node, 0.0f, std::numeric_limits<float>::infinity());
  }
}

void OnnxImporter::Clip(const NodeProto& node) {
  RequireInputs(node, 1, 3);
  graph_.RequireAttributes(node, {"min", "max"});
  if (cur_.state == State::kQuantized) {
    const int offset = cur_.type == DType::kUint8 ? 128 : 0;
    const int lo = IntegerBound(node, InputName(node, 1), -128 + offset),
              hi = IntegerBound(node, InputName(node, 2), 127 + offset);
    return ClampHere(node, lo - offset, hi - offset);
  }
  const float infinity = std::numeric_limits<float>::infinity();
  const float lo = RealBound(node, InputName(node, 1), "min", -infinity);
  const float hi = RealBound(node, InputName(node, 2), "max", infinity);
  ClipReal(node, lo, hi);
}

int OnnxImporter::IntegerBound(const NodeProto& node, const std::string& value,
                               int fallback) const {
  if (value.empty()) return fallback;
  const Constant bound = graph_.GetConstant(value, node);
  const int type = cur_.type == DType::kUint8 ? TensorProto::UINT8 : TensorProto::INT8;
  if (bound.type != type || bound.integers.size() != 1)
    graph_.Refuse(node, "its bounds must be scalars of its input's type");
  return bound.integers[0];
}

float OnnxImporter::RealBound(const NodeProto& node, const std::string& value,
                              const char* attribute, float fallback) const {
  float bound = graph_.Float(node, attribute, fallback);
  if (!value.empty()) {
    const Constant constant = graph_.GetConstant(value, node);
    if (constant.type != TensorProto::FLOAT || constant.reals.size() != 1) {
      graph_.Refuse(node, "its bounds must be float scalars");
    }
    bound = constant.reals[0];
  }
  if (std::isnan(bound)) graph_.Refuse(node, "a bound is not a number");
  return bound;
}

}  // namespace systole
