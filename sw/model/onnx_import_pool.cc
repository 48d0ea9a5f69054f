// Pooling and clamps.
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
  if (cur_.tensor == 0 || cur_.shared) {
    Layer layer;
    layer.kind = LayerKind::kMaxPool;
    const Tensor in = back();
    Append(node, std::move(layer), in.c, in.h, in.w);
  }
  Clamp(Maker(), lo, hi);
}

int OnnxImporter::GridBound(const NodeProto& node, float bound) {
  const int q = QuantizeReal(bound, back());
  const float real = back().scale * static_cast<float>(q - back().zero_point);
  const bool outside = (q == -128 && bound < real) || (q == 127 && bound > real);
  if (!outside && real != bound) cur_.off_grid = &node;
  return q;
}

void OnnxImporter::ClipReal(const NodeProto& node, float lo, float hi) {
  cur_.bias_may_follow = false;
  if (cur_.state == State::kRealInput)
    graph_.Refuse(node, "its input is not quantized; QuantizeLinear must come before");
  if (cur_.state == State::kOpen) {
    cur_.clamps.push_back({cur_.tensor - 1, lo, hi});
    cur_.last_real = &node;
  } else {
    const int q_lo = GridBound(node, lo), q_hi = GridBound(node, hi);
    ClampHere(node, q_lo, q_hi);
  }
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

Layer OnnxImporter::ReadPool(const NodeProto& node, LayerKind kind, bool global,
                             bool& ceil_mode) const {
  RequireImage(node);
  Layer layer;
  layer.kind = kind;
  ceil_mode = false;
  if (global) {
    layer.kernel_h = model_.tensors[cur_.tensor].h;
    layer.kernel_w = model_.tensors[cur_.tensor].w;
    return layer;
  }
  if (graph_.Ints(node, "kernel_shape", {}).empty())
    graph_.Refuse(node, "attribute 'kernel_shape' is missing");
  ReadPair(node, "kernel_shape", layer.kernel_h, layer.kernel_w);
  ReadWindow(node, layer);
  ceil_mode = graph_.Int(node, "ceil_mode", 0) != 0;
  layer.count_include_pad =
      kind == LayerKind::kAveragePool && graph_.Int(node, "count_include_pad", 0) != 0;
  return layer;
}

void OnnxImporter::MaxPool(const NodeProto& node, bool global) {
  RequireInputs(node, 1, 1);
  if (global) {
    graph_.RequireAttributes(node, {});
  } else {
    graph_.RequireAttributes(node, {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads",
                                    "storage_order", "strides"});
  }
  if (cur_.state == State::kRealInput)
    graph_.Refuse(node, "its input is not quantized; QuantizeLinear must come before");
  cur_.bias_may_follow = false;
  bool ceil_mode = false;
  Layer layer = ReadPool(node, LayerKind::kMaxPool, global, ceil_mode);
  AppendWindow(node, std::move(layer), back().c, ceil_mode);
  if (cur_.state == State::kOpen) cur_.last_real = &node;
}

void OnnxImporter::AveragePool(const NodeProto& node, bool global) {
  RequireInputs(node, 1, 1);
  if (global) {
    graph_.RequireAttributes(node, {});
  } else {
    graph_.RequireAttributes(node, {"auto_pad", "ceil_mode", "count_include_pad", "dilations",
                                    "kernel_shape", "pads", "strides"});
  }
  RequireGrid(node);
  bool ceil_mode = false;
  Layer layer = ReadPool(node, LayerKind::kAveragePool, global, ceil_mode);
  AppendWindow(node, std::move(layer), back().c, ceil_mode);
  cur_.bias_may_follow = false;
  Open(node);
}

void OnnxImporter::QLinearPool(const NodeProto& node, bool global) {
  RequireInputs(node, 4, 5);
  if (global) {
    graph_.RequireAttributes(node, {"channels_last"});
  } else {
    graph_.RequireAttributes(node, {"auto_pad", "ceil_mode", "channels_last", "count_include_pad",
                                    "dilations", "kernel_shape", "pads", "strides"});
  }
  if (graph_.Int(node, "channels_last", 0) != 0)
    graph_.Refuse(node, "channels_last is not supported");
  Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
  const ActivationParams out =
      ReadActivationParams(graph_, node, node.input(3), InputName(node, 4));
  bool ceil_mode = false;
  Layer layer = ReadPool(node, LayerKind::kAveragePool, global, ceil_mode);
  AppendWindow(node, std::move(layer), back().c, ceil_mode);
  SetParams(back(), out);
  cur_.type = out.type;
}

}  // namespace systole
