// Padding with zeros. A convolution pads with zeros itself, so that a padding before it is free: it
// waits beside its value, and becomes a layer (kPad) only where another operator reads it.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;
using onnx::TensorProto;

void OnnxImporter::Pad(const NodeProto& node) {
  graph_.RequireAttributes(node, {"mode", "pads", "value"});
  RequireInputs(node, 1, 4);
  RequireImage(node);
  const std::string mode = graph_.String(node, "mode", "constant");
  if (mode != "constant") {
    graph_.Refuse(node, fmt::format("pads in mode '{}'; only constant is supported", mode));
  }
  if (cur_.state == State::kOpen)
    graph_.Refuse(node, "its input is not quantized; QuantizeLinear must come before");
  if (cur_.state == State::kGrid) RequireGrid(node);
  ReadPadValue(node);
  const std::vector<int64_t> widths = PadWidths(node);
  cur_.pad = {Side(node, widths[2], 0, "a padding"), Side(node, widths[3], 0, "a padding"),
              Side(node, widths[6], 0, "a padding"), Side(node, widths[7], 0, "a padding")};
  if (widths[0] != 0 || widths[1] != 0 || widths[4] != 0 || widths[5] != 0)
    graph_.Refuse(node, "pads images or channels; only rows and columns can be padded");
  cur_.pad_node = &node;
}

std::vector<int64_t> OnnxImporter::PadWidths(const NodeProto& node) const {
  std::vector<int64_t> given = graph_.Ints(node, "pads", {});
  if (!InputName(node, 1).empty()) {
    const Constant constant = graph_.GetConstant(node.input(1), node);
    given.assign(constant.integers.begin(), constant.integers.end());
  }
  std::vector<int64_t> axes = {0, 1, 2, 3};
  if (!InputName(node, 3).empty()) {
    const Constant constant = graph_.GetConstant(node.input(3), node);
    axes.assign(constant.integers.begin(), constant.integers.end());
  }
  if (given.size() != 2 * axes.size()) {
    graph_.Refuse(node,
                  fmt::format("has {} widths of padding for {} axes", given.size(), axes.size()));
  }
  std::vector<int64_t> widths(8, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = axes[i] < 0 ? axes[i] + 4 : axes[i];
    if (axis < 0 || axis > 3) graph_.Refuse(node, fmt::format("pads along axis {}", axes[i]));
    widths[axis] = given[i];
    widths[axis + 4] = given[i + axes.size()];
  }
  return widths;
}

void OnnxImporter::ReadPadValue(const NodeProto& node) {
  const std::string value = InputName(node, 2);
  if (cur_.state == State::kQuantized) {  // to be the zero point, which may be unknown yet
    const Constant constant =
        value.empty() ? Constant{0, {}, {}, {0}} : graph_.GetConstant(value, node);
    if (constant.integers.size() != 1) graph_.Refuse(node, "its value must be one integer");
    cur_.pad_value = int64_t{constant.integers[0]} - (cur_.type == DType::kUint8 ? 128 : 0);
    return;
  }
  std::vector<int64_t> dims;
  const std::vector<float> reals = value.empty()
                                       ? std::vector<float>{graph_.Float(node, "value", 0)}
                                       : ReadReals(graph_, node, value, dims);
  if (reals != std::vector<float>{0}) graph_.Refuse(node, "pads with another value than zero");
  cur_.pad_value.reset();
}

void OnnxImporter::CheckPadValue() const {
  if (!cur_.pad_value.has_value()) return;
  if (!scale_known_ || *cur_.pad_value != model_.tensors[cur_.tensor].zero_point) {
    graph_.Refuse(*cur_.pad_node,
                  "pads with another value than the zero point, or before that is known");
  }
}

void OnnxImporter::PlacePad() {
  if (cur_.pad_node == nullptr) return;
  const NodeProto& node = *cur_.pad_node;
  if (cur_.state == State::kRealInput)
    graph_.Refuse(node, "pads reals that another operator reads; QuantizeLinear must come before");
  CheckPadValue();
  Layer layer;
  layer.kind = LayerKind::kPad;
  layer.pad = cur_.pad;
  const Tensor in = back();
  const Padding& pad = cur_.pad;
  Append(node, std::move(layer), in.c, int64_t{in.h} + pad.top + pad.bottom,
         int64_t{in.w} + pad.left + pad.right);
  cur_.pad_node = nullptr;
}

void OnnxImporter::TakePad(Layer& layer) {
  if (cur_.pad_node == nullptr) return;
  const Padding sum = {layer.pad.top + cur_.pad.top, layer.pad.left + cur_.pad.left,
                       layer.pad.bottom + cur_.pad.bottom, layer.pad.right + cur_.pad.right};
  const int64_t span_h = int64_t{layer.dilation_h} * (layer.kernel_h - 1) + 1;
  const int64_t span_w = int64_t{layer.dilation_w} * (layer.kernel_w - 1) + 1;
  // A window has an element of the tensor in it.
  const bool legal =
      std::max(sum.top, sum.bottom) < span_h && std::max(sum.left, sum.right) < span_w;
  if (!legal) return PlacePad();
  CheckPadValue();
  layer.pad = sum;
  cur_.pad_node = nullptr;
}

}  // namespace systole
