// Pooling and means.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

namespace {

// Where x grows, no channel's real falls.
bool NeverFalls(const Curve& curve) {
  for (size_t i = 1; i < curve.size(); ++i) {
    if (i % 256 != 0 && !(curve[i] >= curve[i - 1])) return false;
  }
  return true;
}

// Averages of one element: what is left is its stride.
bool IsOneElement(const Layer& layer) {
  const Padding& pad = layer.pad;
  return layer.kernel_h == 1 && layer.kernel_w == 1 &&
         pad.top + pad.left + pad.bottom + pad.right == 0;
}

}  // namespace

Layer OnnxImporter::ReadPool(const NodeProto& node, LayerKind kind, bool global) const {
  RequireImage(node);
  Layer layer;
  layer.kind = kind;
  if (global) {
    layer.kernel_h = model_.tensors[cur_.tensor].h;
    layer.kernel_w = model_.tensors[cur_.tensor].w;
    return layer;
  }
  if (graph_.Ints(node, "kernel_shape", {}).empty())
    graph_.Refuse(node, "attribute 'kernel_shape' is missing");
  ReadPair(node, "kernel_shape", layer.kernel_h, layer.kernel_w);
  ReadWindow(node, layer);
  layer.count_include_pad =
      kind == LayerKind::kAveragePool && graph_.Int(node, "count_include_pad", 0) != 0;
  if (graph_.Int(node, "ceil_mode", 0) != 0) {
    const Tensor& in = model_.tensors[cur_.tensor];
    const Padding pad = layer.pad;
    CeilAxis(node, in.h, pad.top, layer.pad.bottom, layer.kernel_h, layer.stride_h,
             layer.dilation_h);
    CeilAxis(node, in.w, pad.left, layer.pad.right, layer.kernel_w, layer.stride_w,
             layer.dilation_w);
    const bool partial = pad.bottom != layer.pad.bottom || pad.right != layer.pad.right;
    if (partial && layer.count_include_pad)
      graph_.Refuse(node, "ceil_mode adds a partial window here, with count_include_pad");
  }
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
  if (cur_.curve != nullptr && !NeverFalls(*cur_.curve)) RefuseCurve();
  cur_.bias_may_follow = false;
  Layer layer = ReadPool(node, LayerKind::kMaxPool, global);
  AppendWindow(node, std::move(layer), back().c);
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
  Layer layer = ReadPool(node, LayerKind::kAveragePool, global);
  if (!global && IsOneElement(layer)) return TakeElements(node, std::move(layer));
  AppendWindow(node, std::move(layer), back().c);
  cur_.bias_may_follow = false;
  Open(node);
}

void OnnxImporter::TakeElements(const NodeProto& node, Layer layer) {
  if (layer.stride_h == 1 && layer.stride_w == 1) return;
  layer.kind = LayerKind::kMaxPool;
  layer.count_include_pad = false;
  AppendWindow(node, std::move(layer), back().c);
}

void OnnxImporter::ReduceMean(const NodeProto& node) {
  RequireInputs(node, 1, 2);
  graph_.RequireAttributes(node, {"axes", "keepdims", "noop_with_empty_axes"});
  RequireGrid(node);
  const bool last = cur_.last;
  cur_.last = false;
  RequireImage(node);
  std::vector<int64_t> axes = Axes(node);
  for (int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
  std::sort(axes.begin(), axes.end());
  const int64_t height = last ? 1 : 2;
  if (axes != std::vector<int64_t>{height, height + 1}) {
    graph_.Refuse(node, fmt::format("only a mean over height and width (axes {} and {}) is "
                                    "supported",
                                    height, height + 1));
  }
  AppendWindow(node, ReadPool(node, LayerKind::kAveragePool, true), back().c);
  cur_.last = last;
  cur_.flat = graph_.Int(node, "keepdims", 1) == 0;
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
  Layer layer = ReadPool(node, LayerKind::kAveragePool, global);
  if (!global && IsOneElement(layer)) {  // rescales at most
    TakeElements(node, std::move(layer));
    const int taken = cur_.tensor;
    cur_.state = State::kGrid;
    QuantizeGrid(node, out);
    if (cur_.tensor != taken && model_.tensors[taken].name == back().name)
      model_.tensors[taken].name += "/taken";
    cur_.state = State::kQuantized;
  } else {
    AppendWindow(node, std::move(layer), back().c);
    SetParams(back(), out);
  }
  cur_.type = out.type;
}

}  // namespace systole
